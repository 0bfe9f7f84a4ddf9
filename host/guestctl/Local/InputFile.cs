using System.Text;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Local;

/// <summary>A file, or standard input, that goes into a request as a whole.</summary>
internal static class InputFile
{
    /// <summary>Most bytes: no request can have more, and a device never ends.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads it to its end.</summary>
    /// <param name="file">The file; <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">It cannot be read.</exception>
    /// <exception cref="UsageException">It is too long.</exception>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using Stream input = StandardStreams.OpenInput(file);
        byte[] buffer = new byte[64 * 1024];
        using var content = new MemoryStream();
        try
        {
            while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await content.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                if (content.Length > MaxBytes)
                {
                    throw new UsageException($"{file} is too long: a request has at most 16 MiB");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoInputException($"cannot read {file}: {e.Message}", e);
        }

        return content.ToArray();
    }

    /// <summary>Reads it as text.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    /// <exception cref="UsageException">It is too long, or not UTF-8: nothing is put in place of wrong bytes.</exception>
    public static async Task<string> ReadTextAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return Strict.GetString(await ReadAsync(file, cancellationToken));
        }
        catch (DecoderFallbackException e)
        {
            throw new UsageException($"{(file == "-" ? "standard input" : file)} is not UTF-8", e);
        }
    }
}
