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
        if (context.Content is { } sink)
        {
            return await SendAsync(file, sink, context, cancellationToken);
        }

        long? length = request.Length;
        long hole = 0;
        if (request.Holes && request.Offset < file.Status.SizeBytes)
        {
            (long data, hole) = Holes.At(file.Handle, request.Offset, file.Status.SizeBytes, length ?? long.MaxValue);
            if (data == 0)
            {
                return OnlyHole(request, file.Status, hole);
            }

            length = data;
        }

        FileRange range = FileRange.Read(file, request.Offset, length, limit, context.Memory, cancellationToken);
        // Shorter than was told: of /sys, which tells no true sizes, or cut off just now.
        bool isShort = range.AtEnd && request.Offset + range.Length < file.Status.SizeBytes;
        FileStatus status = isShort ? FileStatus.Of(file.Handle) : file.Status;
        // A body is bytes, whatever text they are.
        (TextEncoding encoding, int count) =
            FileText.Choose(range, request.Attached ? TextEncoding.Base64 : request.Encoding);
        // Text ends at the end of a character, and behind less than all of the data is no hole yet.
        bool hasHole = hole > 0 && count == range.Length && count == length && !isShort;
        return new FileReadResult(
            new FileContent(range.Memory, count, encoding),
            count,
            encoding,
            request.Offset,
            status.SizeBytes,
            (range.AtEnd && count == range.Length) || (hasHole && request.Offset + count + hole >= status.SizeBytes),
            FileVersion.Of(status),
            hasHole ? hole : null);
    }

    // What of it is wanted is for the sink to say, which knows more of it than the request did.
    private static async Task<FileReadResult> SendAsync(
        RegularFile file, IContentSink sink, CallContext context, CancellationToken cancellationToken)
    {
        (ContentFacts facts, ContentPart sent) = await new FileTransfer(file, sink).RunAsync(context.Memory, cancellationToken);
        return new FileReadResult(
            new FileContent(ReadOnlyMemory<byte>.Empty, TextEncoding.Base64),
            sent.Length ?? 0,
            TextEncoding.Base64,
            sent.Offset,
            facts.Size ?? 0,
            facts.Size is not { } size || sent.Offset + sent.Length >= size,
            facts.Version);
    }

    private static FileReadResult OnlyHole(FileReadRequest request, FileStatus status, long hole) => new(
        new FileContent(ReadOnlyMemory<byte>.Empty, TextEncoding.Base64),
        0,
        TextEncoding.Base64,
        request.Offset,
        status.SizeBytes,
        request.Offset + hole >= status.SizeBytes,
        FileVersion.Of(status),
        hole);
}
