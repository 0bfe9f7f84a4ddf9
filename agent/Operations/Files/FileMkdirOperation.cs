using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Makes a directory.</summary>
internal sealed class FileMkdirOperation(AccountDatabase accounts, TemporaryNames temporaryNames)
    : IOperation<FileMkdirRequest, WriteGrant, FileMkdirResult>
{
    /// <inheritdoc/>
    public async ValueTask<FileMkdirResult> ExecuteAsync(
        FileMkdirRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        string path = grant.Path.ToString();
        uint? permissions = FilePermissions.Parse(request.Permissions);
        if (grant.Target is { } existing)
        {
            return request.Parents && FileStatus.Of(existing).Kind == FileKind.Directory
                ? new FileMkdirResult(path, Created: false)
                : throw FileFailure.Of(Errno.EEXIST, path);
        }

        FileOwner owner = await FileOwner.FindAsync(request.Owner, request.Group, accounts, cancellationToken);
        using SafeFileHandle parent = TargetDirectory.Open(grant);
        return NewDirectory.Make(parent, grant.Name, permissions, owner, temporaryNames) switch
        {
            0 => new FileMkdirResult(path, Created: true),
            // Somebody else was faster.
            Errno.EEXIST when request.Parents && FileStatus.At(parent, grant.Name) is { Kind: FileKind.Directory } =>
                new FileMkdirResult(path, Created: false),
            var errno => throw FileFailure.Of(errno, path),
        };
    }
}
