using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Memory;

namespace GuestAgent.Files;

/// <summary>
/// Sends the content of a file piece by piece to whoever takes it, from the descriptor that was opened at the beginning: what takes the
/// file's name meanwhile is not read.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="sink">Takes the content.</param>
internal sealed class FileTransfer(RegularFile file, IContentSink sink)
{
    /// <summary>A host that takes nothing for that long is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Few calls of the kernel for much content, and little memory for many hosts.
    private const int PieceBytes = 256 * 1024;

    // Read before it is told how long it is: files of /proc and /sys do not tell, or not the truth.
    private const int SmallBytes = 64 * 1024;

    /// <summary>Sends what the host wants of it.</summary>
    /// <param name="counter">Counts the memory of a piece; null where nobody counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was told of it, and what was sent.</returns>
    /// <exception cref="OperationException">It became shorter, or the host takes nothing.</exception>
    public async Task<(ContentFacts Facts, ContentPart Sent)> RunAsync(ICallMemory? counter, CancellationToken cancellationToken)
    {
        counter?.Take(PieceBytes);
        byte[]? small = file.Status.SizeBytes <= SmallBytes ? ReadSmall() : null;
        ContentFacts facts = Facts(small);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            patience.CancelAfter(Patience);
            ContentPart part = await sink.BeginAsync(facts, patience.Token);
            long sent = 0;
            while (sent < (part.Length ?? long.MaxValue))
            {
                patience.CancelAfter(Patience);
                int count = await SendPieceAsync(small, part.Offset + sent, (part.Length ?? long.MaxValue) - sent, patience.Token);
                sent += count;
                if (count == 0)
                {
                    if (part.Length is not null || !await sink.WaitForMoreAsync(cancellationToken))
                    {
                        break;
                    }

                    // It may have grown since.
                    small = null;
                }
            }

            return part.Length is null || sent == part.Length
                ? (facts, new ContentPart(part.Offset, sent))
                : throw new OperationException(
                    ErrorCode.Conflict, "The file became shorter while it was read.", new ErrorDetail("version", "path"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperationException(
                ErrorCode.TimedOut,
                $"The host has taken nothing for {Patience.TotalSeconds:0} s.",
                new ErrorDetail("deadline", Limit: (long)Patience.TotalSeconds));
        }
    }

    private async ValueTask<int> SendPieceAsync(byte[]? small, long offset, long most, CancellationToken cancellationToken)
    {
        int size = (int)Math.Min(most, PieceBytes);
        if (small is not null)
        {
            size = (int)Math.Min(size, Math.Max(0, small.Length - offset));
        }

        if (size == 0)
        {
            return 0;
        }

        Memory<byte> memory = sink.GetMemory(size)[..size];
        if (small is null)
        {
            size = ReadNow(memory.Span, offset);
        }
        else
        {
            small.AsSpan((int)offset, size).CopyTo(memory.Span);
        }

        await sink.SendAsync(size, cancellationToken);
        return size;
    }

    // All of it, or null where it is longer than it says.
    private byte[]? ReadSmall()
    {
        byte[] memory = new byte[Math.Max((int)file.Status.SizeBytes, file.Status.SizeBytes == 0 ? SmallBytes : 0) + 1];
        int read = 0;
        while (read < memory.Length)
        {
            int count = ReadNow(memory.AsSpan(read), read);
            if (count == 0)
            {
                return memory[..read];
            }

            read += count;
        }

        return null;
    }

    private ContentFacts Facts(byte[]? small)
    {
        // Shorter than was told: of /sys, or cut off just now.
        FileStatus status = small is not null && small.Length < file.Status.SizeBytes ? FileStatus.Of(file.Handle) : file.Status;
        long? size = small is not null ? small.Length : status.SizeBytes > 0 ? status.SizeBytes : null;
        // A file system may say any year.
        long modified = Math.Clamp(
            status.Modified.Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return new ContentFacts(
            size,
            FileVersion.Of(status),
            DateTimeOffset.FromUnixTimeSeconds(modified),
            status.Identity);
    }

    // Where a file that hands out what comes would wait is its end.
    private int ReadNow(Span<byte> buffer, long offset)
    {
        try
        {
            return file.Handle.ReadAt(buffer, offset);
        }
        catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
        {
            return 0;
        }
    }
}
