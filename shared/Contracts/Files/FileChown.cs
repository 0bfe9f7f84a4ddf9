using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Sets owner and group.</summary>
public static class FileChown
{
    /// <summary>The operation <c>file_chown</c>.</summary>
    public static readonly OperationContract<FileChownRequest, FileChownResult> Contract =
        new("file_chown", Access.Modify, () => FileChownJson.Default.FileChownRequest,
            () => FileChownJson.Default.FileChownResult);
}

/// <summary>Parameters of <c>file_chown</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Owner">Name or number of the owner; left as it is by default.</param>
/// <param name="Group">Name or number of the group; left as it is by default.</param>
public sealed record FileChownRequest(string Path, string? Owner = null, string? Group = null);

/// <summary>Result of <c>file_chown</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="UserId">Number of the owner now.</param>
/// <param name="GroupId">Number of the group now.</param>
public sealed record FileChownResult(string Path, long UserId, long GroupId);

/// <summary>JSON shapes of <c>file_chown</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileChownRequest))]
[JsonSerializable(typeof(FileChownResult))]
public sealed partial class FileChownJson : JsonSerializerContext;
