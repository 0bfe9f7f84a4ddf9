using System.Net.Sockets;

namespace GuestAgent.Tests.Integration.HostLibrary;

/// <summary>A connection that breaks after so many bytes in either direction, as one does whose VM is moved.</summary>
internal sealed class CutStream(Stream socket, long bytesUntilCut) : Stream
{
    private long _left = bytesUntilCut;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects to a Unix socket.</summary>
    public static async Task<Stream> ConnectAsync(string path, long bytesUntilCut, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new CutStream(new NetworkStream(socket, ownsSocket: true), bytesUntilCut);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await socket.ReadAsync(buffer, cancellationToken);
        await CountAsync(read);
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await CountAsync(buffer.Length);
        await socket.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        await base.DisposeAsync();
    }

    private async ValueTask CountAsync(int bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) < 0)
        {
            await socket.DisposeAsync();
            throw new IOException("cut");
        }
    }
}
