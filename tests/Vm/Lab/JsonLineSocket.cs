using System.Buffers;
using System.Net.Sockets;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Carries newline-delimited JSON over a Unix socket, as QMP and the qemu-ga dialect do.</summary>
internal sealed class JsonLineSocket : IDisposable
{
    // Not a byte of UTF-8: the qemu-ga dialect marks the start of a resynchronised stream with it.
    public const byte Sentinel = 0xFF;

    private const int ReadSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly ArrayBufferWriter<byte> _received = new();
    private int _consumed;

    private JsonLineSocket(Socket socket) => _socket = socket;

    public static async Task<JsonLineSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new JsonLineSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    /// <summary>Reads up to the next newline; what stands before a sentinel in the line is left out.</summary>
    public async Task<byte[]> ReceiveLineAsync(CancellationToken cancellationToken)
    {
        int searched = 0;
        while (true)
        {
            ReadOnlyMemory<byte> unread = _received.WrittenMemory[_consumed..];
            int newline = unread.Span[searched..].IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlySpan<byte> line = unread.Span[..(searched + newline)];
                _consumed += line.Length + 1;
                return line[(line.LastIndexOf(Sentinel) + 1)..].ToArray();
            }

            searched = unread.Length;
            await FillAsync(cancellationToken);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_consumed == _received.WrittenCount)
        {
            _received.ResetWrittenCount();
            _consumed = 0;
        }

        int count = await _socket.ReceiveAsync(_received.GetMemory(ReadSize), cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("QEMU closed the socket");
        }

        _received.Advance(count);
    }
}
