using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;

namespace GuestAgent.Operations.Files;

/// <summary>Reads a file, or a range of it.</summary>
internal sealed class FileReadOperation(LiveSettings settings) : IOperation<FileReadRequest, ReadGrant, FileReadResult>
{
    /// <inheritdoc/>
    public async ValueTask<FileReadResult> ExecuteAsync(
        FileReadRequest request, ReadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        Ranges.Check(request.Offset, request.Length, shortest: 1);
        using RegularFile file = RegularFile.Open(grant);
        int limit = settings.Current.Limits.MaxFileBytes;

        // The next request need not wait for the disk.
        await Task.Yield();
        // Of a host that is gone there may be many, each of which would take memory first.
        cancellationToken.ThrowIfCancellationRequested();
        FileRange range = FileRange.Read(file, request.Offset, request.Length, limit, context.Memory, cancellationToken);
        // Shorter than was told: of /sys, which tells no true sizes, or cut off just now.
        bool isShort = range.AtEnd && request.Offset + range.Length < file.Status.SizeBytes;
        FileStatus status = isShort ? FileStatus.Of(file.Handle) : file.Status;
        // A body is bytes, whatever text they are.
        (TextEncoding encoding, int length) =
            FileText.Choose(range, request.Attached ? TextEncoding.Base64 : request.Encoding);
        return new FileReadResult(
            new FileContent(range.Memory, length, encoding),
            length,
            encoding,
            request.Offset,
            status.SizeBytes,
            range.AtEnd && length == range.Length,
            FileVersion.Of(status));
    }
}
