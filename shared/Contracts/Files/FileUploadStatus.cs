using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Tells how far an upload is, so that another connection can go on with it.</summary>
public static class FileUploadStatus
{
    /// <summary>The operation <c>file_upload_status</c>.</summary>
    public static readonly OperationContract<FileUploadStatusRequest, FileUploadStatusResult> Contract =
        new("file_upload_status", Access.Modify, () => FileUploadStatusJson.Default.FileUploadStatusRequest,
            () => FileUploadStatusJson.Default.FileUploadStatusResult)
        {
            IsRepeatable = true,
            ContinuesAuditedCall = true,
            MayBlock = true,
        };
}

/// <summary>Parameters of <c>file_upload_status</c>.</summary>
/// <param name="Token">The upload.</param>
public sealed record FileUploadStatusRequest(string Token);

/// <summary>Result of <c>file_upload_status</c>.</summary>
/// <param name="State">Whether pieces can still be added.</param>
/// <param name="Offset">Where the next piece goes.</param>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="ExpiresInSeconds">When the agent forgets it unless it is used.</param>
/// <param name="Sparse">True when it was opened for a file with holes.</param>
public sealed record FileUploadStatusResult(
    UploadState State,
    long Offset,
    string Path,
    int ExpiresInSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Sparse = false);

/// <summary>JSON shapes of <c>file_upload_status</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadStatusRequest))]
[JsonSerializable(typeof(FileUploadStatusResult))]
public sealed partial class FileUploadStatusJson : JsonSerializerContext;
