using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Operations.Files;

/// <summary>Writes a whole file in one step, or adds to one.</summary>
internal sealed class FileWriteOperation(LiveSettings settings, AccountDatabase accounts, TemporaryNames temporaryNames, Uploads uploads)
    : IOperation<FileWriteRequest, WriteGrant, FileWriteResult>
{
    /// <inheritdoc/>
    public async ValueTask<FileWriteResult> ExecuteAsync(
        FileWriteRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        using FileContent content = request.Content;
        ReadOnlyMemory<byte> bytes = FileContentParameter.Read(content, request.Encoding, "content");
        int limit = settings.Current.Limits.MaxFileBytes;
        if (bytes.Length > limit)
        {
            throw new OperationException(
                ErrorCode.TooLarge, "The content is too long.", new ErrorDetail("limits.max_file_bytes", "content", limit));
        }

        NewFileAttributes attributes = await NewFileAttributes.FindAsync(
            request.Permissions, request.Owner, request.Group, accounts, cancellationToken);
        SafeFileHandle? existing = request.Append && grant.Target is not null
            ? Appending.Open(grant.Directory, grant.Name)
            : null;
        await (existing is null
            ? ReplaceAsync(grant, attributes, bytes, replace: !request.Append)
            : AppendAsync(existing, attributes, bytes));
        return new FileWriteResult(bytes.Length, grant.Path.ToString());
    }

    // Waiting for the disk is left to another thread: the next request of the connection need not wait for it.
    private async Task ReplaceAsync(WriteGrant grant, NewFileAttributes attributes, ReadOnlyMemory<byte> bytes, bool replace)
    {
        using NewFile file = NewFile.Begin(TargetDirectory.Open(grant), grant.Name, temporaryNames);
        while (true)
        {
            try
            {
                file.Write(bytes.Span, 0);
                break;
            }
            catch (LinuxException e) when (Room.IsMissing(e) && uploads.TryMakeRoom(file.Device))
            {
                // What a host has left took it.
            }
        }

        await Task.Run(() => file.Publish(attributes, replace));
    }

    private static async Task AppendAsync(SafeFileHandle file, NewFileAttributes attributes, ReadOnlyMemory<byte> bytes)
    {
        using (file)
        {
            attributes.ChangeOn(file);
            Appending.Write(file, bytes.Span);
            await Task.Run(file.SyncData);
        }
    }
}
