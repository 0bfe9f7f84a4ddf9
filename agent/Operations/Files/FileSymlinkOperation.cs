using System.Text;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Makes a symbolic link.</summary>
internal sealed class FileSymlinkOperation(TemporaryNames temporaryNames)
    : IOperation<FileSymlinkRequest, WriteGrant, FileSymlinkResult>
{
    /// <inheritdoc/>
    public ValueTask<FileSymlinkResult> ExecuteAsync(
        FileSymlinkRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        byte[] target = Encoding.UTF8.GetBytes(request.Target);
        if (!NewLink.CanSay(target))
        {
            throw OperationException.InvalidParameter("target", "A link says 1 to 4095 bytes, without a NUL.", "length");
        }

        using SafeFileHandle directory = TargetDirectory.Open(grant);
        NewLink.Make(directory, grant.Name, target, request.Overwrite, temporaryNames);
        return new ValueTask<FileSymlinkResult>(new FileSymlinkResult(grant.Path.ToString()));
    }
}
