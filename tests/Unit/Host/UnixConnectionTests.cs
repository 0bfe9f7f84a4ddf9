using System.Net.Sockets;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Host.Transports;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class UnixConnectionTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guest-agent-host-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _others = [];
    private readonly string _path;

    public UnixConnectionTests() => _path = Path.Combine(_directory.FullName, "agent.sock");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _others.ForEach(socket => socket.Dispose());
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task No_socket_is_not_found() => Assert.Equal(ConnectionFailure.NotFound, await FailureAsync());

    [Fact]
    public async Task A_socket_without_a_listener_refuses()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        Assert.Equal(ConnectionFailure.Refused, await FailureAsync());
    }

    [Fact]
    public async Task A_file_that_is_no_socket_refuses()
    {
        await File.WriteAllTextAsync(_path, "", Token);
        Assert.Equal(ConnectionFailure.Refused, await FailureAsync());
    }

    [Fact]
    public async Task A_connection_that_nobody_accepts_means_that_another_client_holds_the_channel()
    {
        Listen(backlog: 4);
        Connect();
        Accept();
        Assert.False(UnixBacklog.HoldsConnectionTo(_path));
        Assert.Equal(ConnectionFailure.ChannelHeld, await FailureAsync());
    }

    [Fact]
    public async Task A_connection_that_is_accepted_and_not_answered_means_that_no_agent_runs()
    {
        Listen(backlog: 4);
        Task<ConnectionFailure> failing = FailureAsync();
        Accept();
        Assert.Equal(ConnectionFailure.NoAnswer, await failing);
    }

    [Fact]
    public async Task A_client_that_waits_behind_us_does_not_hold_the_channel()
    {
        Listen(backlog: 4);
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock };
        Task<GuestClient> connecting = GuestClient.ConnectAsync(_path, options, Token);
        Accept();
        await clock.WaitForTimerAsync(options.HelloDeadline);
        clock.Advance(options.HelloDeadline / 10);
        Connect();
        Assert.True(UnixBacklog.HoldsConnectionTo(_path));
        clock.Advance(options.HelloDeadline);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => connecting.InTime());
        Assert.Equal(ConnectionFailure.NoAnswer, e.Reason);
    }

    [Fact]
    public async Task A_full_backlog_means_that_other_clients_hold_the_channel()
    {
        Listen(backlog: 0);
        Connect();
        Assert.Equal(ConnectionFailure.ChannelHeld, await FailureAsync());
    }

    [Fact]
    public void A_waiting_connection_of_another_path_is_not_ours()
    {
        Listen(backlog: 4);
        Connect();
        Assert.True(UnixBacklog.HoldsConnectionTo(_path));
        Assert.False(UnixBacklog.HoldsConnectionTo(_path[1..]));
        Assert.False(UnixBacklog.HoldsConnectionTo("agent.sock"));
        Accept();
        Assert.False(UnixBacklog.HoldsConnectionTo(_path));
    }

    [Fact]
    public async Task A_client_talks_over_a_socket_and_notices_its_end()
    {
        Listen(backlog: 4);
        Task<GuestClient> connecting = GuestClient.ConnectAsync(_path, null, Token);
        using var agent = new StreamReader(new NetworkStream(Accept()));
        Assert.Equal("", await agent.ReadLineAsync(Token).InTime());
        ScriptedCall hello = ScriptedCall.Parse((await agent.ReadLineAsync(Token).InTime())!);
        await agent.BaseStream.WriteAsync(
            System.Text.Encoding.UTF8.GetBytes(ScriptedAgent.HelloReply(hello) + "\n"), Token);
        await using GuestClient client = await connecting.InTime();
        Task<PingResult> pinging = client.PingAsync(Token);
        Assert.Equal("ping", ScriptedCall.Parse((await agent.ReadLineAsync(Token).InTime())!).Method);
        _others.ForEach(socket => socket.Dispose());
        await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
    }

    private async Task<ConnectionFailure> FailureAsync()
    {
        var options = new GuestClientOptions { HelloDeadline = TimeSpan.FromMilliseconds(300) };
        Task<GuestClient> connecting = GuestClient.ConnectAsync($"unix://{_path}", options, Token);
        return (await Assert.ThrowsAsync<GuestConnectionException>(() => connecting.InTime())).Reason;
    }

    private void Listen(int backlog)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen(backlog);
    }

    private void Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _others.Add(socket);
        socket.Connect(new UnixDomainSocketEndPoint(_path));
    }

    private Socket Accept()
    {
        Socket accepted = _listener.Accept();
        _others.Add(accepted);
        return accepted;
    }
}
