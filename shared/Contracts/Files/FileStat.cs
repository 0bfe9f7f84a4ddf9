using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Tells what is at a path.</summary>
public static class FileStat
{
    /// <summary>The operation <c>file_stat</c>.</summary>
    public static readonly OperationContract<FileStatRequest, FileStatResult> Contract =
        new("file_stat", Access.Read, () => FileStatJson.Default.FileStatRequest, () => FileStatJson.Default.FileStatResult);
}

/// <summary>Parameters of <c>file_stat</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Follow">False describes a symbolic link itself, not what it leads to.</param>
public sealed record FileStatRequest(string Path, bool Follow = true);

/// <summary>Result of <c>file_stat</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Type">What kind of file it is.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Permissions">Permission bits in octal, such as <c>0644</c>, with setuid, setgid and sticky bit.</param>
/// <param name="Owner">Name of the owner; null when the guest's files know none.</param>
/// <param name="Group">Name of the group; likewise.</param>
/// <param name="UserId">Number of the owner.</param>
/// <param name="GroupId">Number of the group.</param>
/// <param name="ModifiedMs">Last change of the content, milliseconds since 1970-01-01 UTC.</param>
/// <param name="AccessedMs">Last read access, likewise.</param>
/// <param name="ChangedMs">Last change of the inode, likewise.</param>
/// <param name="Links">Number of hard links.</param>
/// <param name="Inode">Number of the inode.</param>
/// <param name="Device">The file system's device, <c>major:minor</c>.</param>
/// <param name="LinkTarget">
/// What a symbolic link leads to, as it stands there; null for other files, and when it is not UTF-8.
/// </param>
/// <param name="Version">
/// Opaque text that changes when the file does; from its device, inode, size and modification time.
/// </param>
/// <param name="ModifiedNs">Nanoseconds beyond <paramref name="ModifiedMs"/>, 0 to 999999.</param>
public sealed record FileStatResult(
    string Path,
    FileType Type,
    long SizeBytes,
    string Permissions,
    string? Owner,
    string? Group,
    long UserId,
    long GroupId,
    long ModifiedMs,
    long AccessedMs,
    long ChangedMs,
    long Links,
    ulong Inode,
    string Device,
    string? LinkTarget,
    string Version,
    int ModifiedNs = 0);

/// <summary>JSON shapes of <c>file_stat</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileStatRequest))]
[JsonSerializable(typeof(FileStatResult))]
public sealed partial class FileStatJson : JsonSerializerContext;
