using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Begins an upload: a file that comes in pieces and appears, complete and checked, when it is committed. An upload
/// outlives the connection; callers of the same listener go on with it.
/// </summary>
public static class FileUploadOpen
{
    /// <summary>The operation <c>file_upload_open</c>.</summary>
    public static readonly OperationContract<FileUploadOpenRequest, FileUploadOpenResult> Contract =
        new("file_upload_open", Access.Modify, () => FileUploadOpenJson.Default.FileUploadOpenRequest,
            () => FileUploadOpenJson.Default.FileUploadOpenResult)
        {
            // One whose token nobody has got expires by itself.
            IsRepeatable = true,
        };
}

/// <summary>Parameters of <c>file_upload_open</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="SizeBytes">Size of the file where it is known; room for it is reserved then.</param>
/// <param name="CreateDirs">True makes missing parent directories, mode 0755.</param>
/// <param name="Permissions">
/// Permission bits in octal, such as <c>0640</c>; setuid and setgid are refused. By default those of the file that is
/// replaced, else 0644.
/// </param>
/// <param name="Owner">
/// Name or number of the owner; by default that of the file that is replaced, else the agent's user.
/// </param>
/// <param name="Group">Name or number of the group; likewise.</param>
/// <param name="Sparse">
/// True for a file with holes: pieces may have them, no room is reserved, and the hash at its end is that of blocks
/// (<see cref="Hashing.ContentHash"/>). Only for agents with the capability <see cref="FileRead.SparseFiles"/>.
/// </param>
/// <param name="IfVersions">
/// What is to be in the file's place when it is opened and when it is committed: one of these versions, anything for <c>*</c>, nothing
/// for an empty list; at most 64. Null for whatever there is.
/// </param>
public sealed record FileUploadOpenRequest(
    string Path,
    long? SizeBytes = null,
    bool CreateDirs = false,
    string? Permissions = null,
    string? Owner = null,
    string? Group = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Sparse = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? IfVersions = null);

/// <summary>Result of <c>file_upload_open</c>.</summary>
/// <param name="Token">Names the upload: 32 hexadecimal digits, random.</param>
/// <param name="Offset">Where the first piece goes: 0.</param>
/// <param name="MaxChunkBytes">Most bytes in one piece, such that its message is within the limit.</param>
/// <param name="ExpiresInSeconds">The upload is dropped when it is not used for that long.</param>
public sealed record FileUploadOpenResult(string Token, long Offset, int MaxChunkBytes, int ExpiresInSeconds);

/// <summary>JSON shapes of <c>file_upload_open</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadOpenRequest))]
[JsonSerializable(typeof(FileUploadOpenResult))]
public sealed partial class FileUploadOpenJson : JsonSerializerContext;
