using System.Buffers;
using System.IO.Pipelines;

namespace GuestAgent.Dialects;

/// <summary>Writes messages to a transport: short ones together, long ones in pieces from where they are.</summary>
/// <param name="output">Where the bytes go; its back-pressure bounds what is on the way.</param>
/// <param name="onProgress">Called when the transport has taken a piece of a long message.</param>
internal sealed class GatheringWriter(PipeWriter output, Action onProgress)
{
    // One flush for as much as Kestrel keeps in its own buffer.
    private const int FlushBytes = 64 * 1024;

    // Short ones, which a host that does not read makes the agent hold.
    private const int MostGatheredBytes = 16 * 1024;

    // What is longer is worth a write of its own, from where it is.
    private const int GatheredBytes = 4 * 1024;

    private int _gathered;

    /// <summary>Writes a message, or gathers it when it is short.</summary>
    /// <exception cref="IOException">The transport takes no more.</exception>
    public async ValueTask WriteAsync(PooledLine line)
    {
        ReadOnlyMemory<byte> bytes = line.Memory;
        while (bytes.Length > GatheredBytes)
        {
            // In pieces, so that a long message does not pass through a pipe's memory as a whole.
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, FlushBytes)];
            bytes = bytes[piece.Length..];
            await FlushAsync(piece);
            onProgress();
        }

        output.Write(bytes.Span);
        _gathered += bytes.Length;
        if (!line.Body.IsEmpty)
        {
            // Only sockets have that, which take it from where it is.
            await FlushAsync(line.Body);
        }
        else if (_gathered >= MostGatheredBytes)
        {
            await FlushAsync();
        }
    }

    /// <summary>Sends what was gathered, if anything was.</summary>
    /// <exception cref="IOException">The transport takes no more.</exception>
    public ValueTask FlushAsync() => _gathered > 0 ? FlushAsync(default) : ValueTask.CompletedTask;

    private async ValueTask FlushAsync(ReadOnlyMemory<byte> behind)
    {
        _gathered = 0;
        FlushResult flushed = await output.WriteAsync(behind, CancellationToken.None);
        if (flushed.IsCompleted)
        {
            throw new IOException("the transport takes no more");
        }
    }
}
