using System.Net.Sockets;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>What <c>guestctl</c> says of a channel that leads to no agent.</summary>
public sealed class ConnectionTests
{
    private const int Unavailable = 69;
    private const int Busy = 75;

    [Fact]
    public async Task No_socket_is_told()
    {
        ProgramRun run = await Guestctl.RunAsync("/no/such/socket", "ping");
        Assert.Equal((Unavailable, ""), (run.ExitCode, run.Output));
        Assert.Contains("/no/such/socket", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_told()
    {
        using var directory = new TemporaryDirectory();
        using Socket socket = Bound(directory["s"]);
        ProgramRun run = await Guestctl.RunAsync(directory["s"], "ping");
        Assert.Equal((Unavailable, ""), (run.ExitCode, run.Output));
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task Another_client_that_holds_the_channel_is_told()
    {
        using var directory = new TemporaryDirectory();
        using Socket socket = Bound(directory["s"]);
        socket.Listen(1);
        ProgramRun run = await Guestctl.RunAsync(directory["s"], "--json", "--wait", "0.5", "ping");
        Assert.Equal(Busy, run.ExitCode);
        Assert.Equal("channel_held", JsonNode.Parse(run.Output)!["error"]!.AsObject().Text("kind"));
        Assert.Contains("client", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_backlog_is_told_as_a_held_channel()
    {
        using var directory = new TemporaryDirectory();
        using Socket socket = Bound(directory["s"]);
        socket.Listen(0);
        using RawClient holder = await RawClient.ConnectAsync(directory["s"]);
        ProgramRun run = await Guestctl.RunAsync(directory["s"], "--wait", "0.5", "ping");
        Assert.Equal(Busy, run.ExitCode);
    }

    [Fact]
    public async Task An_accepted_channel_without_an_agent_is_told()
    {
        using var directory = new TemporaryDirectory();
        using Socket socket = Bound(directory["s"]);
        socket.Listen(1);
        Task<Socket> accepting = socket.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        ProgramRun run = await Guestctl.RunAsync(directory["s"], "--wait", "0.5", "ping");
        using Socket accepted = await accepting;
        Assert.Equal((Unavailable, ""), (run.ExitCode, run.Output));
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task An_agent_that_ends_during_a_command_is_told()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(
            new JsonObject { ["drain_seconds"] = 0.1, ["kill_grace_seconds"] = 0.1 }));
        using Guestctl guestctl = Guestctl.Start(agent.SocketPath, "exec", "--", "sh", "-c", "echo up; exec sleep 600");
        Assert.Equal("up", await guestctl.ReadLineAsync());
        await agent.StopAsync();
        ProgramRun run = await guestctl.EndAsync();
        Assert.Equal(Unavailable, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task Wait_waits_also_for_a_vsock_port_that_nobody_listens_on_yet()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        await using var vmm = new HybridVsock(agent.Directory["v.sock"]);
        vmm.Refused = count =>
        {
            // Five attempts are one dialling.
            if (count == 12)
            {
                vmm.Listen(1000, agent.SocketPath);
            }
        };
        ProgramRun run = await Guestctl.RunAsync($"hybrid://{vmm.Path}:1000", "wait", "--timeout", "14");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private static Socket Bound(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }
}
