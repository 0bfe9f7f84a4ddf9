using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;

namespace GuestAgent.Operations.Files;

/// <summary>Drops an upload.</summary>
internal sealed class FileUploadCancelOperation(Uploads uploads)
    : IOperation<FileUploadCancelRequest, Upload, FileUploadCancelResult>
{
    /// <inheritdoc/>
    public ValueTask<FileUploadCancelResult> ExecuteAsync(
        FileUploadCancelRequest request, Upload grant, CallContext context, CancellationToken cancellationToken) =>
        new(new FileUploadCancelResult(uploads.Cancel(grant)));
}
