using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Writes a whole file in one step: another reader sees the old content or the new one, never a part, whatever breaks
/// down meanwhile. Or appends to a file, which is not atomic.
/// </summary>
public static class FileWrite
{
    /// <summary>The operation <c>file_write</c>.</summary>
    public static readonly OperationContract<FileWriteRequest, FileWriteResult> Contract =
        new("file_write", Access.Modify, () => FileWriteJson.Default.FileWriteRequest,
            () => FileWriteJson.Default.FileWriteResult)
        {
            TakesBytes = true,
        };
}

/// <summary>Parameters of <c>file_write</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Content">The bytes, written as <paramref name="Encoding"/> says; at most <c>limits.max_file_bytes</c>.</param>
/// <param name="Encoding"><c>utf8</c> or <c>base64</c>.</param>
/// <param name="CreateDirs">True makes missing parent directories, mode 0755.</param>
/// <param name="Permissions">
/// Permission bits in octal, such as <c>0640</c>; setuid and setgid are refused. By default those of the file that is
/// replaced, else 0644.
/// </param>
/// <param name="Owner">
/// Name or number of the owner; by default that of the file that is replaced, else the agent's user.
/// </param>
/// <param name="Group">Name or number of the group; likewise.</param>
/// <param name="Append">True adds the bytes to the end of the file, which is made when it is missing.</param>
public sealed record FileWriteRequest(
    string Path,
    FileContent Content,
    TextEncoding Encoding = TextEncoding.Utf8,
    bool CreateDirs = false,
    string? Permissions = null,
    string? Owner = null,
    string? Group = null,
    bool Append = false);

/// <summary>Result of <c>file_write</c>.</summary>
/// <param name="BytesWritten">Bytes of the content.</param>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
public sealed record FileWriteResult(long BytesWritten, string Path) : ICarriesContent
{
    /// <inheritdoc/>
    long ICarriesContent.ContentBytes => BytesWritten;
}

/// <summary>JSON shapes of <c>file_write</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileWriteRequest))]
[JsonSerializable(typeof(FileWriteResult))]
public sealed partial class FileWriteJson : JsonSerializerContext;
