using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Hashing;

namespace GuestAgent.Operations.Files;

/// <summary>Ends an upload and puts its file in its place.</summary>
internal sealed class FileUploadCommitOperation(Uploads uploads)
    : IOperation<FileUploadCommitRequest, Upload, FileUploadCommitResult>
{
    /// <inheritdoc/>
    public async ValueTask<FileUploadCommitResult> ExecuteAsync(
        FileUploadCommitRequest request, Upload grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.TakesAnyHash)
        {
            return await uploads.CommitAsync(grant, context.Session.Order, request.SizeBytes, null).WaitAsync(cancellationToken);
        }

        if (request.Sha256.Length != 2 * Sha256.HashBytes || !request.Sha256.All(char.IsAsciiHexDigit))
        {
            throw OperationException.InvalidParameter("sha256", "A SHA-256 has 64 hexadecimal digits.");
        }

        return await uploads.CommitAsync(grant, context.Session.Order, request.SizeBytes, request.Sha256.ToLowerInvariant())
            .WaitAsync(cancellationToken);
    }
}
