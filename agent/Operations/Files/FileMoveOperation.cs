using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Files;

/// <summary>Renames a file or directory within a file system.</summary>
internal sealed class FileMoveOperation : IOperation<FileMoveRequest, MoveGrant, FileMoveResult>
{
    /// <inheritdoc/>
    public ValueTask<FileMoveResult> ExecuteAsync(
        FileMoveRequest request, MoveGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        (WriteGrant from, WriteGrant to) = grant;
        _ = from.Required("from");
        if (to.Path.IsWithin(from.Path.Bytes))
        {
            throw OperationException.InvalidParameter("to", "Nothing can be moved into itself.");
        }

        int errno = from.Directory.TryRename(from.Name, to.Directory, to.Name, request.Overwrite);
        return errno switch
        {
            0 => new ValueTask<FileMoveResult>(new FileMoveResult(to.Path.ToString())),
            // The file system cannot do it without the risk of replacing what appears just then.
            Errno.EINVAL when !request.Overwrite => throw FileFailure.Of(Errno.EOPNOTSUPP, to.Path.ToString(), "overwrite"),
            Errno.ENOENT => throw FileFailure.Of(errno, from.Path.ToString(), "from"),
            _ => throw FileFailure.Of(errno, to.Path.ToString(), "to"),
        };
    }
}
