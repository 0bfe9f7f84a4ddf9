using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Drops an upload and what has come of it.</summary>
public static class FileUploadCancel
{
    /// <summary>The operation <c>file_upload_cancel</c>.</summary>
    public static readonly OperationContract<FileUploadCancelRequest, FileUploadCancelResult> Contract =
        new("file_upload_cancel", Access.Modify, () => FileUploadCancelJson.Default.FileUploadCancelRequest,
            () => FileUploadCancelJson.Default.FileUploadCancelResult)
        {
            IsRepeatable = true,
        };
}

/// <summary>Parameters of <c>file_upload_cancel</c>.</summary>
/// <param name="Token">The upload.</param>
public sealed record FileUploadCancelRequest(string Token);

/// <summary>Result of <c>file_upload_cancel</c>.</summary>
/// <param name="Cancelled">False when there is no such open upload.</param>
public sealed record FileUploadCancelResult(bool Cancelled);

/// <summary>JSON shapes of <c>file_upload_cancel</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadCancelRequest))]
[JsonSerializable(typeof(FileUploadCancelResult))]
public sealed partial class FileUploadCancelJson : JsonSerializerContext;
