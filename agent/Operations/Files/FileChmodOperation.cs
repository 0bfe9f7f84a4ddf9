using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Sets permission bits.</summary>
internal sealed class FileChmodOperation(PathPolicy paths) : IOperation<FileChmodRequest, WriteGrant, FileChmodResult>
{
    // A directory keeps its setgid bit, which could not be given back to it.
    private const uint SetGroupId = 0x400;

    /// <inheritdoc/>
    public ValueTask<FileChmodResult> ExecuteAsync(
        FileChmodRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        uint permissions = FilePermissions.Parse(request.Permissions)!.Value;
        SafeFileHandle file = grant.Required();
        FileStatus before = FileStatus.Of(file);
        uint kept = before.Kind == FileKind.Directory ? before.Permissions & SetGroupId : 0;
        uint wanted = permissions | kept;
        paths.ChangeAccess(
            grant, file, found => found.Permissions == wanted, () => ProcDescriptor.ChangeMode(file, wanted));
        return new ValueTask<FileChmodResult>(new FileChmodResult(
            grant.Path.ToString(), FilePermissions.Format(FileStatus.Of(file).Permissions)));
    }
}
