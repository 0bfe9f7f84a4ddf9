using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;

namespace GuestAgent.Operations.Files;

/// <summary>Lists uploads.</summary>
internal sealed class FileUploadListOperation : IOperation<FileUploadListRequest, UploadList, FileUploadListResult>
{
    /// <inheritdoc/>
    public ValueTask<FileUploadListResult> ExecuteAsync(
        FileUploadListRequest request, UploadList grant, CallContext context, CancellationToken cancellationToken) =>
        new(new FileUploadListResult(grant.Entries));
}
