using System.Net.Sockets;

namespace GuestAgent.Host.Transports;

/// <summary>
/// The bytes of a connected stream socket of any family, also of one that .NET does not know; behind those that were
/// read from it already.
/// </summary>
/// <param name="socket">Connected; belongs to the stream from now on.</param>
/// <param name="read">Bytes of it that were read before.</param>
internal sealed class SocketStream(Socket socket, ReadOnlyMemory<byte> read = default) : DuplexStream
{
    private ReadOnlyMemory<byte> _read = read;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_read.IsEmpty)
        {
            int count = Math.Min(buffer.Length, _read.Length);
            _read[..count].CopyTo(buffer);
            _read = _read[count..];
            return count;
        }

        try
        {
            return await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[await socket.SendAsync(buffer, cancellationToken).ConfigureAwait(false)..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
