using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Adds the next piece to an upload. Pieces may be sent without waiting for the replies.</summary>
public static class FileUploadWrite
{
    /// <summary>The operation <c>file_upload_write</c>.</summary>
    public static readonly OperationContract<FileUploadWriteRequest, FileUploadWriteResult> Contract =
        new("file_upload_write", Access.Modify, () => FileUploadWriteJson.Default.FileUploadWriteRequest,
            () => FileUploadWriteJson.Default.FileUploadWriteResult)
        {
            // The opening has its audit record, and so has the commit.
            ContinuesAuditedCall = true,
            MayBlock = true,
            TakesBytes = true,
        };
}

/// <summary>Parameters of <c>file_upload_write</c>.</summary>
/// <param name="Token">The upload.</param>
/// <param name="Offset">Where the piece goes; must be what the upload has already.</param>
/// <param name="Data">The bytes; base64 on the wire.</param>
/// <param name="SizeBytes">How many they are; null when the host does not say. Another number is refused.</param>
/// <param name="HoleBytes">How long a hole is that follows them, from 1; null for none. Only in a sparse upload.</param>
public sealed record FileUploadWriteRequest(
    string Token,
    long Offset,
    [property: JsonConverter(typeof(Base64ContentConverter))] FileContent Data,
    long? SizeBytes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HoleBytes = null);

/// <summary>Result of <c>file_upload_write</c>.</summary>
/// <param name="Offset">Where the next piece goes.</param>
public sealed record FileUploadWriteResult(long Offset);

/// <summary>JSON shapes of <c>file_upload_write</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadWriteRequest))]
[JsonSerializable(typeof(FileUploadWriteResult))]
public sealed partial class FileUploadWriteJson : JsonSerializerContext;
