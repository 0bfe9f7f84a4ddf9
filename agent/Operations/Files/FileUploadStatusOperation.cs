using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;

namespace GuestAgent.Operations.Files;

/// <summary>Tells how far an upload is, to the session that goes on with it.</summary>
internal sealed class FileUploadStatusOperation : IOperation<FileUploadStatusRequest, Upload, FileUploadStatusResult>
{
    /// <inheritdoc/>
    public ValueTask<FileUploadStatusResult> ExecuteAsync(
        FileUploadStatusRequest request, Upload grant, CallContext context, CancellationToken cancellationToken)
    {
        (UploadState state, long offset) = grant.TakeOver(context.Session.Order);
        return new(new FileUploadStatusResult(state, offset, grant.Path, (int)Uploads.IdleTime.TotalSeconds, grant.IsSparse));
    }
}
