using GuestAgent.Accounts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using GuestAgent.Settings;

namespace GuestAgent.Operations.Files;

/// <summary>Begins an upload.</summary>
internal sealed class FileUploadOpenOperation(
    LiveSettings settings, PathPolicy paths, AccountDatabase accounts, TemporaryNames temporaryNames, Uploads uploads)
    : IOperation<FileUploadOpenRequest, WriteGrant, FileUploadOpenResult>
{
    private const int LargestChunk = 1024 * 1024;

    // What stands around the data in a message, with room for a long id.
    private const int Envelope = 1024;

    /// <inheritdoc/>
    public async ValueTask<FileUploadOpenResult> ExecuteAsync(
        FileUploadOpenRequest request, WriteGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        LimitSettings limits = settings.Current.Limits;
        if (request.SizeBytes < 0)
        {
            throw OperationException.InvalidParameter("size_bytes", "A size is not negative.", "range");
        }

        if (request.SizeBytes > limits.MaxUploadBytes)
        {
            throw new OperationException(
                ErrorCode.TooLarge,
                "The file is longer than an upload may be.",
                new ErrorDetail("limits.max_upload_bytes", "size_bytes", limits.MaxUploadBytes));
        }

        var expected = VersionCondition.Of(request.IfVersions);
        expected?.Require(grant.Target);
        NewFileAttributes attributes = await NewFileAttributes.FindAsync(
            request.Permissions, request.Owner, request.Group, accounts, cancellationToken);
        NewFile file = NewFile.Begin(TargetDirectory.Open(grant), grant.Name, temporaryNames);
        Reserve(file, request.Sparse ? 0 : request.SizeBytes ?? 0);
        var path = grant.Path;
        var origin = Origin.Of(FileUploadOpen.Contract, context, () => paths.RequireWrite(path));
        Upload upload = uploads.Add(origin, path.ToString(), file, attributes, request.SizeBytes, request.Sparse, expected);
        uploads.Attend(upload, context);
        return new FileUploadOpenResult(
            upload.Token, 0, ChunkBytes(limits.MaxMessageBytes), (int)Uploads.IdleTime.TotalSeconds);
    }

    private void Reserve(NewFile file, long bytes)
    {
        try
        {
            while (true)
            {
                try
                {
                    file.Reserve(bytes);
                    return;
                }
                catch (LinuxException e) when (Room.IsMissing(e) && uploads.TryMakeRoom(file.Device))
                {
                    // What a host has left took it.
                }
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static int ChunkBytes(int maxMessageBytes) => Math.Min(LargestChunk, (maxMessageBytes - Envelope) / 4 * 3);
}
