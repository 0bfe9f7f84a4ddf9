using System.Buffers;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Hashing;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Files;

/// <summary>Computes the SHA-256 of a file, or of a range of it.</summary>
internal sealed class FileHashOperation : IOperation<FileHashRequest, ReadGrant, FileHashResult>
{
    // Some tenths of a millisecond of hashing.
    private const int PieceBytes = 128 * 1024;

    // The same of hashes that are known already.
    private const int HoleBytes = 1024 * 1024 * 1024;

    /// <inheritdoc/>
    public async ValueTask<FileHashResult> ExecuteAsync(
        FileHashRequest request, ReadGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        Ranges.Check(request.Offset, request.Length, shortest: 0);
        context.Memory?.Take(PieceBytes);
        using RegularFile file = RegularFile.Open(grant);
        using var hash = new ContentHash(request.Blocks);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long left = request.Length ?? long.MaxValue;
            int count;
            do
            {
                // Between the pieces everything else that waits for a thread has its turn.
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                long at = request.Offset + hash.Length;
                if (request.Blocks && left > 0 && at < file.Status.SizeBytes
                    && Holes.At(file.Handle, at, file.Status.SizeBytes, PieceBytes) is { Data: 0, Hole: > 0 and var hole })
                {
                    count = (int)Math.Min(Math.Min(hole, left), HoleBytes);
                    hash.AddZeros(count);
                    left -= count;
                    continue;
                }

                count = file.Handle.ReadAt(piece.AsSpan(0, (int)Math.Min(PieceBytes, left)), request.Offset + hash.Length);
                hash.Add(piece.AsSpan(0, count));
                left -= count;
            }
            while (count > 0 && left > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return new FileHashResult(
            hash.FinishText(), hash.Length, FileVersion.Of(file.Status));
    }
}
