using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Sets owner and group.</summary>
internal sealed class FileChownOperation(PathPolicy paths, AccountDatabase accounts)
    : IOperation<FileChownRequest, WriteGrant, FileChownResult>
{
    /// <inheritdoc/>
    public async ValueTask<FileChownResult> ExecuteAsync(
        FileChownRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Owner is null && request.Group is null)
        {
            throw OperationException.InvalidParameter("owner", "An owner or a group is needed.");
        }

        SafeFileHandle file = grant.Required();
        FileOwner owner = await FileOwner.FindAsync(request.Owner, request.Group, accounts, cancellationToken);
        paths.ChangeAccess(grant, file, owner.Has, () => owner.GiveTo(file));
        FileStatus now = FileStatus.Of(file);
        return new FileChownResult(grant.Path.ToString(), now.UserId, now.GroupId);
    }
}
