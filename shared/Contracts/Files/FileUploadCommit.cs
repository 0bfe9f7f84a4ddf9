using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Ends an upload: checks size and hash, and puts the file in its place in one step. Asked again, it answers the same.
/// </summary>
public static class FileUploadCommit
{
    /// <summary>The operation <c>file_upload_commit</c>.</summary>
    public static readonly OperationContract<FileUploadCommitRequest, FileUploadCommitResult> Contract =
        new("file_upload_commit", Access.Modify, () => FileUploadCommitJson.Default.FileUploadCommitRequest,
            () => FileUploadCommitJson.Default.FileUploadCommitResult)
        {
            // The data has to reach the disk, and a slow disk with gigabytes to go takes minutes.
            Deadline = TimeSpan.FromMinutes(15),
            IsRepeatable = true,
        };
}

/// <summary>Parameters of <c>file_upload_commit</c>.</summary>
/// <param name="Token">The upload.</param>
/// <param name="SizeBytes">Size of the whole file.</param>
/// <param name="Sha256">SHA-256 of the whole file, 64 hexadecimal digits.</param>
public sealed record FileUploadCommitRequest(string Token, long SizeBytes, string Sha256)
{
    /// <summary>
    /// True takes the file whatever its hash is: of hosts whose dialect can leave it out. In no message, where it must be given.
    /// </summary>
    internal bool TakesAnyHash { get; init; }
}

/// <summary>Result of <c>file_upload_commit</c>.</summary>
/// <param name="BytesWritten">Size of the file.</param>
/// <param name="Path">The path as resolved: absolute, without symbolic links.</param>
/// <param name="Sha256">SHA-256 of the file, in small hexadecimal digits.</param>
public sealed record FileUploadCommitResult(long BytesWritten, string Path, string Sha256) : ICarriesContent
{
    /// <inheritdoc/>
    long ICarriesContent.ContentBytes => BytesWritten;

    /// <summary>Whether it has replaced another file. In no message.</summary>
    internal bool HasReplaced { get; init; }

    /// <summary>The file's version, as <c>file_stat</c> tells it. In no message.</summary>
    internal string? Version { get; init; }
}

/// <summary>JSON shapes of <c>file_upload_commit</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileUploadCommitRequest))]
[JsonSerializable(typeof(FileUploadCommitResult))]
public sealed partial class FileUploadCommitJson : JsonSerializerContext;
