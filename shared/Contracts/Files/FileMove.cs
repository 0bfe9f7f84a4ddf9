using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Renames a file or directory within a file system.</summary>
public static class FileMove
{
    /// <summary>The operation <c>file_move</c>.</summary>
    public static readonly OperationContract<FileMoveRequest, FileMoveResult> Contract =
        new("file_move", Access.Modify, () => FileMoveJson.Default.FileMoveRequest, () => FileMoveJson.Default.FileMoveResult);
}

/// <summary>Parameters of <c>file_move</c>.</summary>
/// <param name="From">Absolute path of what is moved.</param>
/// <param name="To">Its new absolute path, not the directory around it.</param>
/// <param name="Overwrite">True replaces what is there.</param>
public sealed record FileMoveRequest(string From, string To, bool Overwrite = false);

/// <summary>Result of <c>file_move</c>.</summary>
/// <param name="Path">The new path as resolved.</param>
public sealed record FileMoveResult(string Path);

/// <summary>JSON shapes of <c>file_move</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileMoveRequest))]
[JsonSerializable(typeof(FileMoveResult))]
public sealed partial class FileMoveJson : JsonSerializerContext;
