using System.Net.Sockets;
using GuestAgent.Host;
using GuestAgent.Host.Transports;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

/// <summary>Against sockets of the kernel: reading waits, and both ends of the wait come.</summary>
public sealed class WaitingStreamTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guest-agent-host-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;

    public WaitingStreamTests() => _path = Path.Combine(_directory.FullName, "agent.sock");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Bytes_go_in_both_directions_and_the_end_is_seen()
    {
        (Stream stream, Socket peer) = await ConnectAsync();
        await using (stream)
        {
            byte[] question = [1, 2, 3];
            byte[] answer = [4, 5];
            await stream.WriteAsync(question, Token);
            byte[] buffer = new byte[64];
            int count = await peer.ReceiveAsync(buffer, Token);
            Assert.Equal(question, buffer[..count]);
            Task<int> reading = Task.Run(async () => await stream.ReadAsync(buffer, Token), Token);
            peer.Send(answer);
            count = await reading.InTime();
            Assert.Equal(answer, buffer[..count]);
            peer.Dispose();
            Assert.Equal(0, await stream.ReadAsync(buffer, Token));
        }
    }

    [Fact]
    public async Task A_cancelled_read_ends()
    {
        (Stream stream, Socket peer) = await ConnectAsync();
        using (peer)
        await using (stream)
        {
            using var cancel = new CancellationTokenSource();
            Task reading = Task.Run(async () => await stream.ReadAsync(new byte[1], cancel.Token), Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.InTime());
        }
    }

    [Fact]
    public async Task A_read_ends_when_the_stream_is_disposed_and_the_peer_sees_it()
    {
        (Stream stream, Socket peer) = await ConnectAsync();
        using (peer)
        {
            Task reading = Task.Run(async () => await stream.ReadAsync(new byte[1], CancellationToken.None), Token);
            await stream.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.InTime());
            Assert.Equal(0, await peer.ReceiveAsync(new byte[1], Token).AsTask().InTime());
        }
    }

    [Fact]
    public async Task A_write_waits_for_room()
    {
        (Stream stream, Socket peer) = await ConnectAsync();
        using (peer)
        await using (stream)
        {
            byte[] content = new byte[4 << 20];
            Random.Shared.NextBytes(content);
            Task writing = stream.WriteAsync(content, Token).AsTask();
            Assert.False(writing.IsCompleted);
            byte[] received = new byte[content.Length];
            for (int have = 0; have < received.Length;)
            {
                have += await peer.ReceiveAsync(received.AsMemory(have), Token);
            }

            await writing.InTime();
            Assert.Equal(content, received);
        }
    }

    [Fact]
    public async Task A_write_without_room_can_be_cancelled()
    {
        (Stream stream, Socket peer) = await ConnectAsync();
        using (peer)
        await using (stream)
        {
            using var cancel = new CancellationTokenSource();
            Task writing = stream.WriteAsync(new byte[4 << 20], cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.InTime());
        }
    }

    [Fact]
    public async Task Failures_are_those_of_other_connections()
    {
        Assert.Equal(ConnectionFailure.NotFound, await FailureAsync(_path));
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.Equal(ConnectionFailure.Refused, await FailureAsync(_path));
        await Assert.ThrowsAsync<GuestEndpointException>(
            () => new WaitingUnixConnector("/" + new string('a', 108)).ConnectAsync(Token));
    }

    private static async Task<ConnectionFailure> FailureAsync(string path) =>
        (await Assert.ThrowsAsync<GuestConnectionException>(() => new WaitingUnixConnector(path).ConnectAsync(Token))).Reason;

    private async Task<(Stream Stream, Socket Peer)> ConnectAsync()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        Stream stream = await new WaitingUnixConnector(_path).ConnectAsync(Token);
        return (stream, await _listener.AcceptAsync(Token));
    }
}
