using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Lists a directory, page by page, sorted by the bytes of the names.</summary>
public static class FileList
{
    /// <summary>The operation <c>file_list</c>.</summary>
    public static readonly OperationContract<FileListRequest, FileListResult> Contract =
        new("file_list", Access.Read, () => FileListJson.Default.FileListRequest, () => FileListJson.Default.FileListResult);
}

/// <summary>Parameters of <c>file_list</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Limit">Most entries, 1 to 10000.</param>
/// <param name="After">Lists only names behind this one: the last of the page before.</param>
/// <param name="AfterBase64">The same for a name that is not UTF-8; instead of <paramref name="After"/>.</param>
/// <param name="Hidden">True lists names that begin with a dot too.</param>
public sealed record FileListRequest(
    string Path,
    int Limit = 1000,
    string? After = null,
    string? AfterBase64 = null,
    bool Hidden = false);

/// <summary>Result of <c>file_list</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Entries">The page.</param>
/// <param name="More">True when more entries follow.</param>
public sealed record FileListResult(string Path, IReadOnlyList<FileEntry> Entries, bool More)
{
    // Device and inode of the directory that was listed, for the agent itself; no part of the message.
    internal string? File { get; init; }
}

/// <summary>JSON shapes of <c>file_list</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileListRequest))]
[JsonSerializable(typeof(FileListResult))]
public sealed partial class FileListJson : JsonSerializerContext;
