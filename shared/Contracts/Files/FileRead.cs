using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Reads a file, or a range of it.</summary>
public static class FileRead
{
    /// <summary>The capability of a listener whose hosts may have content as the body of a reply.</summary>
    public const string AttachedContent = "attached_content";

    /// <summary>The capability of an agent that tells of holes in files, and takes files with holes.</summary>
    public const string SparseFiles = "sparse_files";

    /// <summary>The operation <c>file_read</c>.</summary>
    public static readonly OperationContract<FileReadRequest, FileReadResult> Contract =
        new("file_read", Access.Read, () => FileReadJson.Default.FileReadRequest, () => FileReadJson.Default.FileReadResult)
        {
            Body = new("attached", request => request.Attached, result => result.Content.TakeBody()),
        };
}

/// <summary>Parameters of <c>file_read</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Encoding">
/// How the content is to be written. <c>utf8</c> for a file that is not UTF-8 is an error, never a loss; <c>auto</c>
/// chooses base64 then.
/// </param>
/// <param name="Offset">First byte, from 0; beyond the end of the file nothing is read.</param>
/// <param name="Length">
/// Most bytes to read, from 1; by default the whole rest, which must then fit <c>limits.max_file_bytes</c>.
/// </param>
/// <param name="Attached">
/// True for the content behind the reply, as it is; <paramref name="Encoding"/> is of no meaning then. Where the agent's
/// capabilities do not name <see cref="FileRead.AttachedContent"/>, that is an error. Not sent when false: agents that are
/// older than it refuse what they do not know.
/// </param>
/// <param name="Holes">
/// True for holes that are told of and not read as zeros: content ends where a hole begins. Only for agents with the capability
/// <see cref="FileRead.SparseFiles"/>.
/// </param>
public sealed record FileReadRequest(
    string Path,
    TextEncoding Encoding = TextEncoding.Utf8,
    long Offset = 0,
    long? Length = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Attached = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Holes = false);

/// <summary>Result of <c>file_read</c>.</summary>
/// <param name="Content">
/// The bytes, written as <paramref name="Encoding"/> says. A range in <c>utf8</c> ends at the end of a character. Attached,
/// they follow the reply, and this is the empty string.
/// </param>
/// <param name="SizeBytes">Bytes in <paramref name="Content"/>, or attached.</param>
/// <param name="Encoding"><c>utf8</c> or <c>base64</c>; <c>base64</c> when attached.</param>
/// <param name="Offset">Position of the first byte in the file.</param>
/// <param name="FileSizeBytes">
/// Size of the file when it was read; 0 for files of /proc and the like, which have no size.
/// </param>
/// <param name="Eof">True when nothing follows the content, and the hole behind it.</param>
/// <param name="Version">
/// Opaque text that changes when the file does; from its device, inode, size and modification time.
/// </param>
/// <param name="HoleBytes">How long the hole behind the content is, however much was asked for; null for none.</param>
public sealed record FileReadResult(
    FileContent Content,
    long SizeBytes,
    TextEncoding Encoding,
    long Offset,
    long FileSizeBytes,
    bool Eof,
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HoleBytes = null) : IDisposable, ICarriesContent
{
    /// <inheritdoc/>
    long ICarriesContent.ContentBytes => SizeBytes;

    /// <summary>Gives the memory of the content back.</summary>
    public void Dispose() => Content.Dispose();
}

/// <summary>JSON shapes of <c>file_read</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileReadRequest))]
[JsonSerializable(typeof(FileReadResult))]
public sealed partial class FileReadJson : JsonSerializerContext;
