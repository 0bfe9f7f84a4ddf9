using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Makes a symbolic link.</summary>
public static class FileSymlink
{
    /// <summary>The operation <c>file_symlink</c>.</summary>
    public static readonly OperationContract<FileSymlinkRequest, FileSymlinkResult> Contract =
        new("file_symlink", Access.Modify, () => FileSymlinkJson.Default.FileSymlinkRequest,
            () => FileSymlinkJson.Default.FileSymlinkResult);
}

/// <summary>Parameters of <c>file_symlink</c>.</summary>
/// <param name="Path">Absolute path of the link, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Target">What it says, 1 to 4095 bytes as UTF-8, without NUL; taken as it stands.</param>
/// <param name="Overwrite">True replaces what is there, but for a directory.</param>
public sealed record FileSymlinkRequest(string Path, string Target, bool Overwrite = false);

/// <summary>Result of <c>file_symlink</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links above the link itself.</param>
public sealed record FileSymlinkResult(string Path);

/// <summary>JSON shapes of <c>file_symlink</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileSymlinkRequest))]
[JsonSerializable(typeof(FileSymlinkResult))]
public sealed partial class FileSymlinkJson : JsonSerializerContext;
