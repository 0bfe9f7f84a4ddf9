using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Memory;

namespace GuestAgent.Files;

/// <summary>Bytes of a file, read at once into one buffer.</summary>
/// <param name="Memory">The buffer, of <see cref="FileContent.Rent"/>.</param>
/// <param name="Length">How many bytes were read.</param>
/// <param name="AtEnd">True when nothing follows them.</param>
internal readonly record struct FileRange(byte[] Memory, int Length, bool AtEnd)
{
    // Between two looks at the token; some milliseconds of a slow disk.
    private const int PieceBytes = 256 * 1024;

    // A page more than the largest files of /proc that people read.
    private const int UnknownSizeBytes = 16 * 1024;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Memory.AsSpan(0, Length);

    /// <summary>Reads.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Most bytes; null for all that follow.</param>
    /// <param name="maxBytes">Most bytes that are read at all.</param>
    /// <param name="counter">Counts the buffer; null where nobody counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.TooLarge"/>: there are more than
    /// <paramref name="maxBytes"/>; nothing was read then, unless the file has no size.</exception>
    public static FileRange Read(
        in RegularFile file, long offset, long? length, int maxBytes, ICallMemory? counter, CancellationToken cancellationToken)
    {
        long size = file.Status.SizeBytes;
        // Files of /proc and /sys say 0 and have content all the same.
        bool sized = size > 0;
        long wanted = Math.Min(length ?? long.MaxValue, sized ? Math.Max(0, size - offset) : long.MaxValue);
        if (wanted > maxBytes && (sized || length is not null))
        {
            throw TooLarge(maxBytes);
        }

        // One byte more than is wanted tells whether there is an end.
        int room = sized ? (int)wanted : (int)Math.Min(wanted, maxBytes) + 1;
        int first = sized ? room : Math.Min(room, UnknownSizeBytes);
        counter?.Take(first);
        byte[] memory = FileContent.Rent(first);
        try
        {
            int read = Fill(file, offset, room, ref memory, counter, cancellationToken);
            if (!sized && read > wanted)
            {
                return new FileRange(memory, (int)wanted, AtEnd: false);
            }

            return read <= maxBytes
                ? new FileRange(memory, read, AtEnd: read < room || offset + read >= size)
                : throw TooLarge(maxBytes);
        }
        catch
        {
            new FileContent(memory, 0, Contracts.TextEncoding.Base64).Dispose();
            throw;
        }
    }

    private static int Fill(in RegularFile file, long offset, int room, ref byte[] memory, ICallMemory? counter, CancellationToken cancellationToken)
    {
        int read = 0;
        while (read < room)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (read == memory.Length)
            {
                int size = (int)Math.Min(room, memory.Length * 2L);
                counter?.Take(size);
                byte[] larger = FileContent.Rent(size);
                memory.CopyTo(larger, 0);
                new FileContent(memory, 0, Contracts.TextEncoding.Base64).Dispose();
                memory = larger;
            }

            int piece = Math.Min(Math.Min(room, memory.Length) - read, PieceBytes);
            int count = ReadNow(file, memory.AsSpan(read, piece), offset + read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        return read;
    }

    // What has been read of a file that hands out what comes, as /proc/kmsg, cannot be read again: where it would wait is its end.
    private static int ReadNow(in RegularFile file, Span<byte> buffer, long offset)
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

    private static OperationException TooLarge(int maxBytes) => new(
        ErrorCode.TooLarge,
        "There is more to read than one reply may hold: read it in pieces, by offset and length.",
        new ErrorDetail("limits.max_file_bytes", "length", maxBytes));
}
