using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary><c>guestctl forward</c>.</summary>
public sealed partial class ForwardVerbTests
{
    private const int Usage = 64;
    private const int NoInput = 66;
    private const int Unavailable = 69;
    private const int InTheWay = 73;
    private const int Refused = 77;
    private const int Interrupted = 130;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("forward")]
    [InlineData("forward", "8080")]
    [InlineData("forward", "8080:localhost")]
    [InlineData("forward", "8080:localhost:0")]
    [InlineData("forward", "x:localhost:80")]
    [InlineData("forward", "1:2:3:4:5")]
    [InlineData("forward", "--stdio")]
    [InlineData("forward", "--stdio", "localhost")]
    [InlineData("forward", "--stdio", "localhost:22", "localhost:23")]
    [InlineData("forward", "--stdio", "-L", "1:localhost:2", "localhost:22")]
    public async Task Words_that_make_no_sense_are_told_before_anybody_is_asked(params string[] words)
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere/agent.sock", words);
        Assert.Equal(Usage, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task Refusals_and_places_that_are_taken_are_told()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.With(["localhost:1"], []));
        ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, "forward", "--stdio", "localhost:2");
        Assert.Equal(Refused, refused.ExitCode);
        Assert.Contains("[policy.forward.connect]", refused.Error, StringComparison.Ordinal);
        ProgramRun listen = await Guestctl.RunAsync(agent.SocketPath, "forward", "-R", "2:localhost:2");
        Assert.Equal(Refused, listen.ExitCode);
        ProgramRun taken = await Guestctl.RunAsync(
            agent.SocketPath, "forward", $"{server.Address.Split(':')[1]}:localhost:1");
        Assert.Equal(InTheWay, taken.ExitCode);
        Assert.Equal(NoInput, (await Guestctl.RunAsync(agent.SocketPath, "forward", "--stdio", "localhost:1")).ExitCode);
    }

    [Fact]
    public async Task Stdio_carries_one_connection_and_ends_with_it()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        using Guestctl run = Guestctl.Start(agent.SocketPath, "forward", "--stdio", server.Address);
        Socket there = await server.AcceptAsync();
        await run.WriteAsync("hello"u8.ToArray());
        run.CloseInput();
        Assert.Equal("hello"u8.ToArray(), await LoopbackServer.ReadToEndAsync(there));
        await there.SendAsync("and goodbye"u8.ToArray());
        there.Shutdown(SocketShutdown.Send);
        ProgramRun end = await run.EndAsync();
        Assert.Equal((0, "and goodbye", ""), (end.ExitCode, end.Output, end.Error));
    }

    [Fact]
    public async Task A_hundred_connections_at_once_each_get_their_own()
    {
        using var server = new LoopbackServer();
        using var over = new CancellationTokenSource();
        Task echoing = server.EchoAsync(over.Token);
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        using Guestctl run = Guestctl.Start(agent.SocketPath, "forward", "-L", $"0:{server.Address}");
        IPEndPoint address = IPEndPoint.Parse((await run.ReadLineAsync()).Split(' ')[0]);
        Assert.Equal(IPAddress.Loopback, address.Address);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            byte[] said = LoopbackServer.Bytes(50_000);
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(address);
            await client.SendAsync(said);
            client.Shutdown(SocketShutdown.Send);
            Assert.True((await LoopbackServer.ReadToEndAsync(client)).AsSpan().SequenceEqual(said));
        }));
        run.Signal(Signals.Interrupt);
        ProgramRun end = await run.EndAsync();
        Assert.Equal((Interrupted, ""), (end.ExitCode, end.Error));
        await over.CancelAsync();
        await echoing;
    }

    [Fact]
    public async Task What_the_guest_refuses_ends_that_connection_alone()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.With(["localhost:1"], []));
        using Guestctl run = Guestctl.Start(agent.SocketPath, "--json", "forward", "-L", "0:localhost:2");
        string address = (string)JsonNode.Parse(await run.ReadLineAsync())!["address"]!;
        for (int i = 0; i < 2; i++)
        {
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPEndPoint.Parse(address), cancellationToken: Cancel);
            Assert.Empty(await LoopbackServer.ReadToEndAsync(client));
        }

        run.Signal(Signals.Terminate);
        Assert.Equal(2, PolicyDenial().Count((await run.EndAsync()).Error));
    }

    [Fact]
    public async Task Unix_sockets_on_either_side_and_a_listener_in_the_guest()
    {
        using var place = new TemporaryDirectory();
        using var server = new LoopbackServer(place["server"]);
        using var over = new CancellationTokenSource();
        Task echoing = server.EchoAsync(over.Token);
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.With([place["server"]], [place.Path]));
        using Guestctl run = Guestctl.Start(
            agent.SocketPath, "forward", "-L", $"{place["here"]}:{place["server"]}", "-R", $"{place["there"]}:{place["server"]}");
        Assert.Equal($"{place["here"]} -> guest {place["server"]}", await run.ReadLineAsync());
        Assert.Equal($"guest {place["there"]} -> {place["server"]}", await run.ReadLineAsync());
        foreach (string path in (string[])[place["here"], place["there"]])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken: Cancel);
            await client.SendAsync("echo"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("echo"u8.ToArray(), await LoopbackServer.ReadToEndAsync(client));
        }

        run.Signal(Signals.Interrupt);
        Assert.Equal(Interrupted, (await run.EndAsync()).ExitCode);
        Assert.False(File.Exists(place["here"]));
        await Bounded.UntilAsync(() => !File.Exists(place["there"]), () => "the guest's socket to be removed");
        await over.CancelAsync();
        await echoing;
    }

    [Fact]
    public async Task When_the_agent_goes_it_ends()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        using Guestctl run = Guestctl.Start(agent.SocketPath, "forward", "0:localhost:1");
        await run.ReadLineAsync();
        await agent.KillAsync();
        Assert.Equal(Unavailable, (await run.EndAsync()).ExitCode);
    }

    [GeneratedRegex(@"^guestctl: localhost:2: .*policy", RegexOptions.Multiline)]
    private static partial Regex PolicyDenial();
}
