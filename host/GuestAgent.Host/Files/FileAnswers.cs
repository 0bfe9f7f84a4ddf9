using GuestAgent.Contracts.Files;

namespace GuestAgent.Host.Files;

/// <summary>Reads what an agent answers to file operations, trusting none of its numbers.</summary>
internal static class FileAnswers
{
    private const int MostTokenLength = 256;

    /// <summary>The bytes of a <c>file_read</c>, in memory of their own.</summary>
    /// <param name="result">The answer.</param>
    /// <param name="offset">Where reading was to begin.</param>
    /// <param name="length">How many bytes were asked for; null for all.</param>
    /// <exception cref="GuestConnectionException">The answer does not make sense.</exception>
    public static FileData ToData(FileReadResult result, long offset, long? length)
    {
        using FileContent content = result.Content;
        ReadOnlyMemory<byte> bytes = Decode(result, offset, length ?? long.MaxValue);
        return new FileData(bytes.ToArray(), result.Offset, result.FileSizeBytes, result.Eof, result.Version);
    }

    /// <summary>The bytes of a <c>file_read</c>, valid until its content is disposed.</summary>
    /// <exception cref="GuestConnectionException">The answer does not make sense.</exception>
    public static ReadOnlyMemory<byte> Decode(FileReadResult result, long offset, long most)
    {
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = result.Content.Decode(result.Encoding);
        }
        catch (FormatException e)
        {
            throw GuestConnectionException.Violation("a file's content is not base64.", e);
        }

        bool sensible = result.Offset == offset
            && bytes.Length == result.SizeBytes
            && bytes.Length <= most
            && result.FileSizeBytes >= 0;
        return sensible
            ? bytes
            : throw GuestConnectionException.Violation("a piece of a file is not the one that was asked for.");
    }

    /// <summary>The answer to the opening of an upload, if it can be one.</summary>
    /// <exception cref="GuestConnectionException">It cannot.</exception>
    public static FileUploadOpenResult Check(FileUploadOpenResult result) =>
        result is { Offset: 0, MaxChunkBytes: > 0, Token.Length: > 0 and <= MostTokenLength }
            ? result
            : throw GuestConnectionException.Violation("an upload begins where it cannot.");

    /// <summary>How far an upload is, if it can be there.</summary>
    /// <exception cref="GuestConnectionException">It cannot.</exception>
    public static FileUploadStatusResult Check(FileUploadStatusResult result) => result.Offset >= 0
        ? result
        : throw GuestConnectionException.Violation("an upload is where it cannot be.");
}
