using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Lists the open uploads of the caller's listener, so that what a host has left can be gone on with or dropped.</summary>
public static class FileUploadList
{
    /// <summary>The operation <c>file_upload_list</c>.</summary>
    public static readonly OperationContract<FileUploadListRequest, FileUploadListResult> Contract =
        new("file_upload_list", Access.Read, () => FileUploadListJson.Default.FileUploadListRequest,
            () => FileUploadListJson.Default.FileUploadListResult);
}

/// <summary>Parameters of <c>file_upload_list</c>: none.</summary>
public sealed record FileUploadListRequest;

/// <summary>Result of <c>file_upload_list</c>.</summary>
/// <param name="Uploads">The uploads, by path.</param>
public sealed record FileUploadListResult(IReadOnlyList<UploadEntry> Uploads);

/// <summary>An open upload.</summary>
/// <param name="Token">Names it; null while another host uses it.</param>
/// <param name="Path">The real path that the file will have.</param>
/// <param name="Offset">Where the next piece goes.</param>
/// <param name="SizeBytes">How long the file will be; null when that is not known.</param>
/// <param name="Sparse">True when it was opened for a file with holes.</param>
/// <param name="InUse">True while another host uses it.</param>
/// <param name="ExpiresInSeconds">The upload is dropped when it is not used for that long from now.</param>
public sealed record UploadEntry(
    string? Token, string Path, long Offset, long? SizeBytes, bool Sparse, bool InUse, int ExpiresInSeconds);

/// <summary>JSON shapes of <c>file_upload_list</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadListRequest))]
[JsonSerializable(typeof(FileUploadListResult))]
public sealed partial class FileUploadListJson : JsonSerializerContext;
