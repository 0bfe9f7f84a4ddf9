using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Files;
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
        if (request.Attached && !context.TakesAttached)
        {
            throw OperationException.InvalidParameter(
                "attached", "Content can be attached only on a channel that begins anew with each host, and not in a batch.", "attached");
        }

        using RegularFile file = RegularFile.Open(grant);
        int limit = settings.Current.Limits.MaxFileBytes;

        // The next request need not wait for the disk.
        await Task.Yield();
        FileRange range = FileRange.Read(file, request.Offset, request.Length, limit, cancellationToken);
        (TextEncoding encoding, int length) =
            request.Attached ? (TextEncoding.Base64, range.Length) : FileText.Choose(range, request.Encoding);
        return new FileReadResult(
            request.Attached ? FileContent.Behind(range.Memory, length) : new FileContent(range.Memory, length, encoding),
            length,
            encoding,
            request.Offset,
            file.Status.SizeBytes,
            range.AtEnd && length == range.Length,
            FileVersion.Of(file.Status));
    }
}
