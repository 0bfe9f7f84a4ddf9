using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Sets permission bits.</summary>
public static class FileChmod
{
    /// <summary>The operation <c>file_chmod</c>.</summary>
    public static readonly OperationContract<FileChmodRequest, FileChmodResult> Contract =
        new("file_chmod", Access.Modify, () => FileChmodJson.Default.FileChmodRequest,
            () => FileChmodJson.Default.FileChmodResult);
}

/// <summary>Parameters of <c>file_chmod</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Permissions">Permission bits in octal, such as <c>0640</c>; setuid and setgid are refused.</param>
public sealed record FileChmodRequest(string Path, string Permissions);

/// <summary>Result of <c>file_chmod</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Permissions">The bits that are set now.</param>
public sealed record FileChmodResult(string Path, string Permissions);

/// <summary>JSON shapes of <c>file_chmod</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileChmodRequest))]
[JsonSerializable(typeof(FileChmodResult))]
public sealed partial class FileChmodJson : JsonSerializerContext;
