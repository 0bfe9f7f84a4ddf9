using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Makes a directory.</summary>
public static class FileMkdir
{
    /// <summary>The operation <c>file_mkdir</c>.</summary>
    public static readonly OperationContract<FileMkdirRequest, FileMkdirResult> Contract =
        new("file_mkdir", Access.Modify, () => FileMkdirJson.Default.FileMkdirRequest,
            () => FileMkdirJson.Default.FileMkdirResult);
}

/// <summary>Parameters of <c>file_mkdir</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Parents">True makes missing parents too, mode 0755, and takes an existing directory for success.</param>
/// <param name="Permissions">Permission bits in octal; 0755 by default.</param>
/// <param name="Owner">Name or number of the owner; the agent's user by default.</param>
/// <param name="Group">Name or number of the group; the agent's by default.</param>
public sealed record FileMkdirRequest(
    string Path,
    bool Parents = false,
    string? Permissions = null,
    string? Owner = null,
    string? Group = null);

/// <summary>Result of <c>file_mkdir</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Created">False when it was there already.</param>
public sealed record FileMkdirResult(string Path, bool Created);

/// <summary>JSON shapes of <c>file_mkdir</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileMkdirRequest))]
[JsonSerializable(typeof(FileMkdirResult))]
public sealed partial class FileMkdirJson : JsonSerializerContext;
