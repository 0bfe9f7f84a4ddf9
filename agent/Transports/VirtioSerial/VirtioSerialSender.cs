using System.Buffers;
using System.IO.Pipelines;

namespace GuestAgent.Transports.VirtioSerial;

/// <summary>Carries the agent's bytes to a port, in pieces, as fast as the host takes them.</summary>
/// <param name="port">The port.</param>
/// <param name="source">The bytes.</param>
/// <param name="endsLines">Whether a line that was cut off is ended before anything else is sent.</param>
internal sealed class VirtioSerialSender(VirtioSerialPort port, PipeReader source, bool endsLines)
{
    // The kernel queues 128 to 1024 writes for a host that does not read, of any size up to 32 KiB: small ones bound the
    // guest memory that it takes.
    private const int MaxWriteBytes = 8 * 1024;

    private static readonly byte[] LineEnd = [(byte)'\n'];

    private volatile bool _stuck;
    private volatile bool _discard;

    // At the start, and after bytes were dropped in the middle of a line.
    private bool _startsLine = true;

    /// <summary>
    /// Drops what the host that was there did not take, now that another one is. If it took everything, what is here is for
    /// the new one.
    /// </summary>
    public void DropUnread() => _discard = _stuck;

    /// <summary>Sends until the source ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        bool more = true;
        while (more)
        {
            ReadResult read = await source.ReadAsync(cancellationToken);
            await EndLineAsync(cancellationToken);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (!rest.IsEmpty && !_discard)
            {
                rest = rest.Slice(await WriteAsync(rest.First, cancellationToken));
            }

            if (_discard)
            {
                _discard = false;
                _stuck = false;
                _startsLine = true;
            }

            source.AdvanceTo(read.Buffer.End);
            more = !read.IsCompleted;
        }
    }

    private async ValueTask EndLineAsync(CancellationToken cancellationToken)
    {
        if (_startsLine && endsLines && port.InsideLine)
        {
            await WriteAsync(LineEnd, cancellationToken);
        }

        _startsLine = false;
    }

    private async ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, MaxWriteBytes)];
        while (!piece.IsEmpty && !_discard)
        {
            int count = port.TryWrite(piece.Span);
            if (count > 0)
            {
                _stuck = false;
                return count;
            }

            _stuck |= port.IsFull;
            await port.WaitForRoomAsync(cancellationToken);
        }

        return piece.Length;
    }
}
