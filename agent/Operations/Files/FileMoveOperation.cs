using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Renames a file or directory within a file system.</summary>
internal sealed class FileMoveOperation(TemporaryNames temporaryNames) : IOperation<FileMoveRequest, MoveGrant, FileMoveResult>
{
    /// <inheritdoc/>
    public ValueTask<FileMoveResult> ExecuteAsync(
        FileMoveRequest request, MoveGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        (WriteGrant from, WriteGrant to, bool ofHeldFile) = grant;
        SafeFileHandle file = from.Required("from");
        if (to.Path.IsWithin(from.Path.Bytes))
        {
            throw OperationException.InvalidParameter("to", "Nothing can be moved into itself.");
        }

        int errno = ofHeldFile
            ? new HeldMove(file, from.Directory, from.Name).Run(to.Directory, to.Name, request.Overwrite, temporaryNames)
            : from.Directory.TryRename(from.Name, to.Directory, to.Name, request.Overwrite);
        return errno switch
        {
            0 => new ValueTask<FileMoveResult>(new FileMoveResult(to.Path.ToString())),
            Errno.EPERM or Errno.EMLINK or Errno.EOPNOTSUPP when ofHeldFile => throw new OperationException(
                ErrorCode.NotSupported,
                $"The policy names {to.Path}, where only a file goes that can be linked, and this one cannot: write it there.",
                new ErrorDetail("policy", "to", Errno: Errno.Name(errno))),
            // The file system cannot do it without the risk of replacing what appears just then.
            Errno.EINVAL when !request.Overwrite => throw FileFailure.Of(Errno.EOPNOTSUPP, to.Path.ToString(), "overwrite"),
            Errno.ENOENT => throw FileFailure.Of(errno, from.Path.ToString(), "from"),
            _ => throw FileFailure.Of(errno, to.Path.ToString(), "to"),
        };
    }
}
