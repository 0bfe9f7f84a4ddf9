using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Runs programs and moves files in the guest through an agent other than the one under test.</summary>
public sealed class ControlAgent(QgaChannel channel, TimeSpan limit)
{
    private const int ChunkSize = 1 << 20;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(100);

    public async Task<GuestCommandResult> ExecAsync(
        IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        JsonObject arguments = new()
        {
            ["path"] = command[0],
            ["arg"] = new JsonArray([.. command.Skip(1).Select(a => (JsonNode)a)]),
            ["capture-output"] = true,
        };
        long start = Stopwatch.GetTimestamp();
        JsonElement started = await RequestAsync("guest-exec", arguments, cancellationToken);
        JsonObject process = new() { ["pid"] = started.GetProperty("pid").GetInt64() };
        TimeSpan pause = FirstPoll;
        while (true)
        {
            JsonElement status = await RequestAsync("guest-exec-status", process, cancellationToken);
            if (status.GetProperty("exited").GetBoolean())
            {
                return Result(status);
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"runs for more than {limit}: {string.Join(' ', command)}");
            }

            // guest-exec has no event for the end.
            await Task.Delay(pause, cancellationToken);
            pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll;
        }
    }

    public async Task PushAsync(
        ReadOnlyMemory<byte> content, string guestPath, UnixFileMode mode, CancellationToken cancellationToken)
    {
        long handle = await OpenAsync(guestPath, "w", cancellationToken);
        while (!content.IsEmpty)
        {
            ReadOnlyMemory<byte> chunk = content[..Math.Min(ChunkSize, content.Length)];
            JsonObject arguments = new()
            {
                ["handle"] = handle,
                ["buf-b64"] = Convert.ToBase64String(chunk.Span),
            };
            JsonElement written = await RequestAsync("guest-file-write", arguments, cancellationToken);
            content = content[written.GetProperty("count").GetInt32()..];
        }

        await CloseAsync(handle, cancellationToken);
        string octal = Convert.ToString((int)mode, 8);
        GuestCommandResult result = await ExecAsync(["chmod", octal, guestPath], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new IOException($"chmod {octal} {guestPath}: {result.StandardError}");
        }
    }

    public async Task<byte[]> PullAsync(string guestPath, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        long handle = await OpenAsync(guestPath, "r", cancellationToken);
        JsonObject arguments = new() { ["handle"] = handle, ["count"] = ChunkSize };
        while (true)
        {
            JsonElement read = await RequestAsync("guest-file-read", arguments, cancellationToken);
            content.Write(read.GetProperty("buf-b64").GetBytesFromBase64());
            if (read.GetProperty("eof").GetBoolean())
            {
                await CloseAsync(handle, cancellationToken);
                return content.ToArray();
            }
        }
    }

    private static GuestCommandResult Result(JsonElement status)
    {
        int exitCode = status.TryGetProperty("exitcode", out JsonElement code)
            ? code.GetInt32()
            : 128 + status.GetProperty("signal").GetInt32();
        return new GuestCommandResult(exitCode, Text(status, "out-data"), Text(status, "err-data"));
    }

    private static string Text(JsonElement status, string name)
        => status.TryGetProperty(name, out JsonElement data) ? Encoding.UTF8.GetString(data.GetBytesFromBase64()) : "";

    private async Task<long> OpenAsync(string path, string mode, CancellationToken cancellationToken)
    {
        JsonObject arguments = new() { ["path"] = path, ["mode"] = mode };
        return (await RequestAsync("guest-file-open", arguments, cancellationToken)).GetInt64();
    }

    private Task<JsonElement> CloseAsync(long handle, CancellationToken cancellationToken)
        => RequestAsync("guest-file-close", new JsonObject { ["handle"] = handle }, cancellationToken);

    private Task<JsonElement> RequestAsync(string command, JsonObject arguments, CancellationToken cancellationToken)
        => channel.RequestAsync(command, arguments, limit, cancellationToken);
}
