using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Files;

/// <summary>Tells what is at a path.</summary>
internal sealed class FileStatOperation(AccountDatabase accounts) : IOperation<FileStatRequest, ReadGrant, FileStatResult>
{
    /// <inheritdoc/>
    public ValueTask<FileStatResult> ExecuteAsync(
        FileStatRequest request, ReadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        FileStatus status = FileStatus.Of(grant.Target);
        var names = new OwnerNames(accounts);
        return new ValueTask<FileStatResult>(new FileStatResult(
            grant.Path.ToString(),
            FileTypes.Of(status.Kind),
            status.SizeBytes,
            FilePermissions.Format(status.Permissions),
            names.UserOf(status),
            names.GroupOf(status),
            status.UserId,
            status.GroupId,
            status.Modified.Milliseconds,
            status.Accessed.Milliseconds,
            status.Changed.Milliseconds,
            status.Links,
            status.Inode,
            $"{status.Device >> 32}:{(uint)status.Device}",
            status.Kind == FileKind.SymbolicLink ? LinkTarget.Read(grant.Target) : null,
            FileVersion.Of(status),
            status.Modified.NanosecondsBeyond));
    }
}
