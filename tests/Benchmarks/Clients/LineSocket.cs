using System.Net.Sockets;

namespace GuestAgent.Benchmarks.Clients;

/// <summary>Sends bytes and reads lines with blocking calls and no allocation, to cost as little as a client can.</summary>
internal sealed class LineSocket : IDisposable
{
    // Far above what any answer takes; then something is broken.
    private const int LimitMilliseconds = 30_000;

    // The longest answer: a mebibyte of a file in base64.
    private const int BufferBytes = 2 << 20;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferBytes, pinned: true);
    private int _start;
    private int _end;

    /// <summary>Connects to a Unix socket.</summary>
    public LineSocket(string path)
    {
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
            _socket.ReceiveTimeout = LimitMilliseconds;
            _socket.SendTimeout = LimitMilliseconds;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Reads a line without its end; it is valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadLine()
    {
        int searched = _start;
        while (true)
        {
            int newline = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, searched + newline - _start);
                _start = searched + newline + 1;
                return line;
            }

            int count = Fill();
            searched = _end - count;
        }
    }

    public void Dispose() => _socket.Dispose();

    private int Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int count = _socket.Receive(_buffer.AsSpan(_end));
        if (count == 0)
        {
            throw new EndOfStreamException("the agent closed the connection, or its answer does not fit");
        }

        _end += count;
        return count;
    }
}
