using System.IO.Pipelines;
using System.Net.Sockets;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using GuestAgent.Transports.Unix;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace GuestAgent.Tests.Unit.Transports;

/// <summary>A listener on a real socket, and what its connections carry.</summary>
public sealed class StreamConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();
    private readonly EpollLoop _loop = new(runsInline: true);
    private readonly UnixListener _listener;

    public StreamConnectionTests() =>
        _listener = new UnixListener(new UnixListenerSettings(SocketPath, "jsonrpc"), _loop);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string SocketPath => _directory["a.sock"];

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _loop.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(3_000_000)]
    public async Task Bytes_go_to_and_fro_unchanged(int length)
    {
        (Socket peer, ConnectionContext connection) = await ConnectAsync();
        byte[] content = new byte[length];
        Random.Shared.NextBytes(content);
        Task echo = EchoAsync(connection);
        using var stream = new NetworkStream(peer, ownsSocket: true);
        Task sending = stream.WriteAsync(content, Token).AsTask();
        byte[] back = new byte[length];
        await stream.ReadExactlyAsync(back, Token).AsTask().WaitAsync(Patience, Token);
        await sending;
        peer.Shutdown(SocketShutdown.Send);
        await echo.WaitAsync(Patience, Token);
        Assert.True(back.AsSpan().SequenceEqual(content));
        Assert.Equal(0, await stream.ReadAsync(back, Token));
    }

    [Fact]
    public async Task A_peer_that_is_not_read_can_send_only_so_much()
    {
        (Socket peer, ConnectionContext connection) = await ConnectAsync();
        using Socket closing = peer;
        peer.Blocking = false;
        byte[] piece = new byte[64 * 1024];
        long sent = 0;
        SpinWait.SpinUntil(
            () =>
            {
                int count = peer.Send(piece, SocketFlags.None, out SocketError error);
                sent += error == SocketError.Success ? count : 0;
                return sent > 4 << 20;
            },
            TimeSpan.FromSeconds(2));
        Assert.InRange(sent, 1, 2 << 20);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task What_was_sent_before_the_end_arrives()
    {
        (Socket peer, ConnectionContext connection) = await ConnectAsync();
        using Socket closing = peer;
        await connection.Transport.Output.WriteAsync(new byte[] { 1, 2, 3 }, Token);
        await connection.DisposeAsync();
        byte[] received = new byte[8];
        Assert.Equal(3, await peer.ReceiveAsync(received, SocketFlags.None, Token));
        Assert.Equal(0, await peer.ReceiveAsync(received, SocketFlags.None, Token));
    }

    [Fact]
    public async Task An_abort_wakes_whoever_reads_and_whoever_writes()
    {
        (Socket peer, ConnectionContext connection) = await ConnectAsync();
        using Socket closing = peer;
        Task<ReadResult> reading = connection.Transport.Input.ReadAsync(Token).AsTask();
        // More than socket and pipe hold together: the last flush waits.
        Task<FlushResult> writing = connection.Transport.Output.WriteAsync(new byte[8 << 20], Token).AsTask();
        connection.Abort(new ConnectionAbortedException("enough"));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Patience, Token));
        Assert.True((await writing.WaitAsync(Patience, Token)).IsCompleted);
        await connection.DisposeAsync().AsTask().WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task A_listener_that_is_unbound_takes_nobody_and_leaves_no_file()
    {
        Task<ConnectionContext?> accepting = _listener.AcceptAsync(Token).AsTask();
        await _listener.UnbindAsync(Token);
        Assert.Null(await accepting.WaitAsync(Patience, Token));
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void A_path_that_no_address_holds_is_refused()
    {
        var settings = new UnixListenerSettings(_directory[new string('x', 120)], "jsonrpc");
        LinuxException e = Assert.Throws<LinuxException>(() => new UnixListener(settings, _loop));
        Assert.Equal(Errno.ENAMETOOLONG, e.Errno);
    }

    private async Task<(Socket Peer, ConnectionContext Connection)> ConnectAsync()
    {
        Socket peer = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await peer.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Token);
        ConnectionContext? connection = await _listener.AcceptAsync(Token).AsTask().WaitAsync(Patience, Token);
        // Off the loop's thread, which what the tests wait for needs.
        await Task.Yield();
        return (peer, connection!);
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        ReadResult read;
        do
        {
            read = await connection.Transport.Input.ReadAsync(Token);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                await connection.Transport.Output.WriteAsync(piece, Token);
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
        await connection.DisposeAsync();
    }
}
