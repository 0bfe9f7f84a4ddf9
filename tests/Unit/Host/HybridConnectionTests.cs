using System.Net.Sockets;
using System.Text;
using GuestAgent.Host;
using GuestAgent.Host.Transports;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class HybridConnectionTests : IDisposable
{
    private static readonly DialRetry Quick = new() { FirstPause = TimeSpan.FromMilliseconds(1) };

    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string VmmPath => _directory["v.sock"];

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("NO\n")]
    [InlineData("OK\n")]
    [InlineData("OKAY 5\n")]
    [InlineData("OK x\n")]
    [InlineData("OK 5 \n")]
    [InlineData("OK 4294967296\n")]
    [InlineData("0123456789012345678901234567890123456789\n")]
    [InlineData("OK 000000000000000000000000000000000001\n")]
    public async Task An_answer_that_no_VMM_gives_is_a_violation_and_is_not_tried_again(string answer)
    {
        Listen();
        Task<GuestConnectionException> failing = FailAsync(VmmPath);
        using Socket vmm = await AnswerAsync(answer);

        Assert.Equal(ConnectionFailure.ProtocolViolation, (await failing.InTime()).Reason);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_a_violation()
    {
        Listen();
        Task<GuestConnectionException> failing = FailAsync(VmmPath);
        (await AnswerAsync("OK 10")).Dispose();

        Assert.Equal(ConnectionFailure.ProtocolViolation, (await failing.InTime()).Reason);
    }

    [Fact]
    public async Task A_VMM_that_says_nothing_is_not_waited_for_for_ever()
    {
        Listen();
        var options = new GuestClientOptions { ConnectTimeout = TimeSpan.FromMilliseconds(50), DialRetry = Quick };

        GuestConnectionException failure = await Assert.ThrowsAsync<GuestConnectionException>(
            () => Dialing.DialAsync(new HybridConnector(VmmPath, 5), options, Token).InTime());
        Assert.Equal(ConnectionFailure.NoAnswer, failure.Reason);
    }

    [Fact]
    public async Task A_request_that_the_VMM_of_a_booting_guest_leaves_unanswered_is_made_again()
    {
        Listen();
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock, DialRetry = new DialRetry { Jitter = 0 } };
        Task<Stream> dialling = Dialing.DialAsync(new HybridConnector(VmmPath, 5), options, Token);
        using Socket first = await AnswerAsync("");
        clock.Advance(options.ConnectTimeout);
        await clock.WaitForTimerAsync(options.DialRetry.FirstPause);
        clock.Advance(options.DialRetry.FirstPause);
        using Socket second = await AnswerAsync("OK 1073741824\n");

        await (await dialling.InTime()).DisposeAsync();
    }

    [Fact]
    public async Task Dialling_ends_when_it_is_cancelled_at_any_moment()
    {
        Listen();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<Stream> inHandshake = Dialing.DialAsync(new HybridConnector(VmmPath, 5), GuestClientOptions.Default, cancel.Token);
        var patient = new GuestClientOptions { DialRetry = new DialRetry { FirstPause = TimeSpan.FromMinutes(10) } };
        Task<Stream> inPause = Dialing.DialAsync(new HybridConnector(_directory["none"], 5), patient, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inHandshake.InTime());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inPause.InTime());
    }

    [Fact]
    public async Task Nobody_listening_is_tried_as_often_as_the_options_say()
    {
        int refused = 0;
        await using var vmm = new HybridVsock(VmmPath) { Refused = count => Volatile.Write(ref refused, count) };

        GuestConnectionException failure = await FailAsync(VmmPath).InTime();

        Assert.Equal(ConnectionFailure.NotListening, failure.Reason);
        Assert.Equal(5, Volatile.Read(ref refused));
    }

    [Fact]
    public async Task A_VMM_whose_socket_is_not_there_is_tried_too()
    {
        GuestConnectionException failure = await FailAsync(_directory["none"]).InTime();

        Assert.Equal(ConnectionFailure.NotFound, failure.Reason);
    }

    [Fact]
    public async Task A_guest_that_listens_in_the_end_is_reached()
    {
        Listen("guest");
        await using var vmm = new HybridVsock(VmmPath);
        vmm.Refused = count =>
        {
            if (count == 2)
            {
                vmm.Listen(5, _directory["guest"]);
            }
        };

        await using Stream stream = await DialAsync(VmmPath).InTime();
        using Socket guest = await _listener.AcceptAsync(Token);
        await stream.WriteAsync("hello"u8.ToArray(), Token);

        Assert.Equal("hello", await ReceiveAsync(guest, 5));
    }

    [Fact]
    public async Task Bytes_that_come_together_with_the_answer_are_read_first()
    {
        Listen();
        Task<Stream> dialling = DialAsync(VmmPath);
        using Socket vmm = await AnswerAsync("OK 1073741824\n{\"first\":1}");
        await using Stream stream = await dialling.InTime();
        await vmm.SendAsync(" and more"u8.ToArray(), Token);

        byte[] read = new byte[20];
        await stream.ReadExactlyAsync(read, Token).InTime();
        Assert.Equal("{\"first\":1} and more", Encoding.ASCII.GetString(read));
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_an_answer()
    {
        Listen();
        Task<Stream> dialling = DialAsync(VmmPath);
        using Socket vmm = await AnswerAsync("");
        foreach (byte b in "OK 1073741824\nx"u8.ToArray())
        {
            await vmm.SendAsync(new[] { b }, Token);
        }

        await using Stream stream = await dialling.InTime();
        byte[] read = new byte[2];
        Assert.Equal(1, await stream.ReadAsync(read, Token).InTime());
    }

    [Fact]
    public async Task The_request_names_the_port_in_one_line()
    {
        Listen();
        Task<Stream> dialling = DialAsync(VmmPath);
        using Socket vmm = await _listener.AcceptAsync(Token);

        Assert.Equal("CONNECT 5\n", await ReceiveAsync(vmm, 10));
        await vmm.SendAsync("OK 1073741824\n"u8.ToArray(), Token);
        await (await dialling.InTime()).DisposeAsync();
    }

    [Fact]
    public async Task Many_tasks_dial_at_once()
    {
        Listen("guest");
        await using var vmm = new HybridVsock(VmmPath);
        vmm.Listen(5, _directory["guest"]);

        Stream[] streams = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => DialAsync(VmmPath))).InTime();

        Assert.Equal(64, streams.Distinct().Count());
        Array.ForEach(streams, stream => stream.Dispose());
    }

    [Fact]
    public async Task A_connection_that_the_guest_makes_is_taken()
    {
        Listen("guest");
        await using var vmm = new HybridVsock(VmmPath);
        Assert.False(await vmm.ConnectToHostAsync(2000, _directory["guest"]));
        await using var host = GuestListener.Listen($"hybrid://{VmmPath}:2000");
        Task<AcceptedGuest> accepting = host.AcceptAsync(Token);
        Assert.True(await vmm.ConnectToHostAsync(2000, _directory["guest"]));
        await using Stream stream = (await accepting.InTime()).Stream;
        using Socket guest = await _listener.AcceptAsync(Token);
        await guest.SendAsync("ready"u8.ToArray(), Token);

        byte[] read = new byte[5];
        await stream.ReadExactlyAsync(read, Token).InTime();
        Assert.Equal("ready"u8.ToArray(), read);
    }

    [Fact]
    public async Task A_stale_socket_is_replaced_and_a_file_or_a_served_socket_is_not()
    {
        string path = _directory["v.sock_9"];
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Under another name, so that it is not removed together with the socket.
            stale.Bind(new UnixDomainSocketEndPoint(_directory["other"]));
            File.Move(_directory["other"], path);
        }

        Assert.True(File.Exists(path));
        await using (GuestListener.Listen(GuestEndpoint.Hybrid(VmmPath, 9)))
        {
            Assert.Throws<GuestConnectionException>(() => GuestListener.Listen(GuestEndpoint.Hybrid(VmmPath, 9)));
        }

        Assert.False(File.Exists(path));
        await File.WriteAllTextAsync(path, "precious", Token);
        Assert.Throws<GuestConnectionException>(() => GuestListener.Listen(GuestEndpoint.Hybrid(VmmPath, 9)));
        Assert.Equal("precious", await File.ReadAllTextAsync(path, Token));
    }

    [Fact]
    public async Task A_wait_for_the_guest_ends_when_it_is_cancelled_or_the_listener_disposed()
    {
        var host = GuestListener.Listen(GuestEndpoint.Hybrid(VmmPath, 9));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<AcceptedGuest> cancelled = host.AcceptAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.InTime());
        Task<AcceptedGuest> disposed = host.AcceptAsync(Token);
        await host.DisposeAsync();
        await Assert.ThrowsAsync<GuestConnectionException>(() => disposed.InTime());
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_are_shortened_by_the_jitter_alone()
    {
        var exact = new DialRetry { Jitter = 0, LongestPause = TimeSpan.FromSeconds(1) };
        Assert.Equal([100, 200, 400, 800, 1000, 1000], Enumerable.Range(1, 6).Select(n => exact.PauseAfter(n).TotalMilliseconds));
        Assert.Equal(1000, exact.PauseAfter(10_000).TotalMilliseconds);
        Assert.All(
            Enumerable.Range(0, 100).Select(_ => DialRetry.Default.PauseAfter(1).TotalMilliseconds),
            pause => Assert.InRange(pause, 80, 100));
    }

    private static Task<Stream> DialAsync(string path) =>
        Dialing.DialAsync(new HybridConnector(path, 5), new GuestClientOptions { DialRetry = Quick }, Token);

    private static Task<GuestConnectionException> FailAsync(string path) =>
        Assert.ThrowsAsync<GuestConnectionException>(() => DialAsync(path));

    private static async Task<string> ReceiveAsync(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(have), Token).InTime();
            Assert.NotEqual(0, read);
            have += read;
        }

        return Encoding.ASCII.GetString(bytes);
    }

    private void Listen(string name = "v.sock")
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_directory[name]));
        _listener.Listen(128);
    }

    private async Task<Socket> AnswerAsync(string answer)
    {
        Socket vmm = await _listener.AcceptAsync(Token).AsTask().InTime();
        await ReceiveAsync(vmm, 10);
        await vmm.SendAsync(Encoding.ASCII.GetBytes(answer), Token);
        return vmm;
    }
}
