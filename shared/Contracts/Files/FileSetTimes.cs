using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Sets the time of the last change.</summary>
public static class FileSetTimes
{
    /// <summary>The operation <c>file_set_times</c>.</summary>
    public static readonly OperationContract<FileSetTimesRequest, FileSetTimesResult> Contract =
        new("file_set_times", Access.Modify, () => FileSetTimesJson.Default.FileSetTimesRequest,
            () => FileSetTimesJson.Default.FileSetTimesResult);
}

/// <summary>Parameters of <c>file_set_times</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="ModifiedMs">Last change of the content, milliseconds since 1970-01-01 UTC.</param>
/// <param name="ModifiedNs">Nanoseconds beyond <paramref name="ModifiedMs"/>, 0 to 999999.</param>
/// <param name="Follow">False sets that of a symbolic link itself.</param>
public sealed record FileSetTimesRequest(
    string Path, long ModifiedMs, int ModifiedNs = 0, bool Follow = true);

/// <summary>Result of <c>file_set_times</c>.</summary>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="ModifiedMs">What it is now; a file system may keep less of it.</param>
/// <param name="ModifiedNs">Nanoseconds beyond <paramref name="ModifiedMs"/>, 0 to 999999.</param>
public sealed record FileSetTimesResult(string Path, long ModifiedMs, int ModifiedNs);

/// <summary>JSON shapes of <c>file_set_times</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileSetTimesRequest))]
[JsonSerializable(typeof(FileSetTimesResult))]
public sealed partial class FileSetTimesJson : JsonSerializerContext;
