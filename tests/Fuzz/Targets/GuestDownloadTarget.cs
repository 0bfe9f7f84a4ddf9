using GuestAgent.Host;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Guests;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Pieces of a file of a hostile guest: never more than was asked for, never more than was sent, and told as they are.</summary>
internal sealed class GuestDownloadTarget() : GuestTarget(
    TargetName, "content", "size_bytes", "encoding", "base64", "utf8", "attached", "offset", "file_size_bytes", "eof", "version", "sha256")
{
    /// <summary>Its name.</summary>
    public const string TargetName = "guest-download";

    private const int Length = 64;

    /// <inheritdoc/>
    protected override async Task AskAsync(GuestClient client, int inputLength)
    {
        if (inputLength % 2 == 0)
        {
            await TryAsync(async () =>
            {
                FileData data = await client.Files.ReadAsync("/f", offset: 2, Length);
                PropertyException.Require(data.Bytes.Length <= Length && data.Offset == 2, "a piece is what was asked for");
            });
            await TryAsync(() => client.Files.HashAsync("/f"));
        }

        using var file = new MemoryStream();
        var options = new DownloadOptions { Verify = inputLength % 3 != 0, Length = inputLength % 5 == 0 ? Length : null };
        await TryAsync(async () =>
        {
            DownloadResult result = await client.Files.DownloadAsync("/f", file, options);
            PropertyException.Require(result.Bytes == file.Length, "as many bytes are told as were written", $"{result.Bytes} and {file.Length}");
            PropertyException.Require(options.Length is not { } most || file.Length <= most, "no more is written than was asked for");
        });
        PropertyException.Require(file.Length <= inputLength, "what is written was sent", $"{file.Length} of {inputLength}");
    }
}
