using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Deletes a file, a symbolic link or a directory. Never follows links, never leaves what the policy allows.
/// </summary>
public static class FileDelete
{
    /// <summary>The operation <c>file_delete</c>.</summary>
    public static readonly OperationContract<FileDeleteRequest, FileDeleteResult> Contract =
        new("file_delete", Access.Modify, () => FileDeleteJson.Default.FileDeleteRequest,
            () => FileDeleteJson.Default.FileDeleteResult)
        {
            // A tree may have millions of files; the host cancels what it no longer waits for.
            Deadline = TimeSpan.FromHours(1),
        };
}

/// <summary>Parameters of <c>file_delete</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Recursive">True deletes a directory with all that is in it; without it the directory must be empty.</param>
/// <param name="IfVersions">
/// What is to be there: one of these versions, or anything for <c>*</c>; at most 64. Null for whatever there is.
/// </param>
public sealed record FileDeleteRequest(
    string Path,
    bool Recursive = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? IfVersions = null);

/// <summary>Result of <c>file_delete</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Deleted">Files, links and directories deleted.</param>
public sealed record FileDeleteResult(string Path, long Deleted);

/// <summary>JSON shapes of <c>file_delete</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileDeleteRequest))]
[JsonSerializable(typeof(FileDeleteResult))]
public sealed partial class FileDeleteJson : JsonSerializerContext;
