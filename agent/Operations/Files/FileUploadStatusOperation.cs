using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;

namespace GuestAgent.Operations.Files;

/// <summary>Tells how far an upload is.</summary>
internal sealed class FileUploadStatusOperation : IOperation<FileUploadStatusRequest, Upload, FileUploadStatusResult>
{
    /// <inheritdoc/>
    public ValueTask<FileUploadStatusResult> ExecuteAsync(
        FileUploadStatusRequest request, Upload grant, CallContext context, CancellationToken cancellationToken) =>
        new(new FileUploadStatusResult(grant.State, grant.Offset, grant.Path, (int)Uploads.IdleTime.TotalSeconds, grant.IsSparse));
}
