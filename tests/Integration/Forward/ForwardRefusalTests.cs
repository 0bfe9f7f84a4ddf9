using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary>Connections and listeners that the guest does not give.</summary>
public sealed class ForwardRefusalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost:22")]
    [InlineData("/run/some.sock")]
    public async Task Nothing_is_forwarded_unless_the_policy_says_so(string address)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        GuestAgentException connect = await RefusedAsync(guest.Forwarding.ConnectAsync(address, cancellationToken: Cancel));
        GuestAgentException listen = await RefusedAsync(guest.Forwarding.ListenAsync(address, cancellationToken: Cancel));
        Assert.Equal((ErrorCode.PermissionDenied, "policy.forward.connect"), (connect.Code, connect.Detail?.Rule));
        Assert.Equal((ErrorCode.PermissionDenied, "policy.forward.listen"), (listen.Code, listen.Detail?.Rule));
    }

    [Theory]
    [InlineData("localhost:9999", false)]
    [InlineData("127.0.0.1:8080", false)]
    [InlineData("127.0.0.2:80", false)]
    [InlineData("[::1]:81", false)]
    [InlineData("10.1.2.3:443", true)]
    [InlineData("10.1.2.3:444", false)]
    [InlineData("11.1.2.3:443", false)]
    [InlineData("[::ffff:10.1.2.3]:443", true)]
    public async Task An_address_is_compared_as_what_it_is(string address, bool allowed)
    {
        await using RunningAgent agent =
            await RunningAgent.StartAsync(ForwardConfig.With(["localhost:80", "10.0.0.0/8:443", "/nowhere"], []));
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        var verdict = await guest.CheckPolicyAsync(
            "forward_open", System.Text.Json.JsonSerializer.SerializeToElement(new { address }), cancellationToken: Cancel);
        Assert.Equal(allowed, verdict.Allowed);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:http")]
    [InlineData("example.org:80")]
    [InlineData("::1:80")]
    [InlineData("[fe80::1%lo]:80")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused_by_name(string address)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.With(["*:*"], []));
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.CallAsync(1, "forward_open", new JsonObject { ["address"] = address });
        Assert.Equal(-32602, (int)reply["error"]!["code"]!);
        Assert.Equal("params.address", (string?)reply["error"]!["data"]!["field"]);
    }

    [Fact]
    public async Task A_port_at_which_nobody_listens_is_not_found()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        // Bound and never listening: nobody else can have it.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)held.LocalEndPoint!).Port;
        GuestAgentException e = await RefusedAsync(guest.Forwarding.ConnectAsync($"127.0.0.1:{port}", cancellationToken: Cancel));
        Assert.Equal((ErrorCode.NotFound, "ECONNREFUSED"), (e.Code, e.Detail?.Errno));
    }

    [Fact]
    public async Task A_path_that_leads_elsewhere_or_to_no_socket_is_refused()
    {
        using var place = new TemporaryDirectory();
        using var outside = new TemporaryDirectory();
        using var server = new LoopbackServer(outside["sock"]);
        File.CreateSymbolicLink(place["link"], outside["sock"]);
        await File.WriteAllTextAsync(place["file"], "", cancellationToken: Cancel);
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.With([place.Path], [place.Path]));
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        Assert.Equal(ErrorCode.PermissionDenied, (await RefusedAsync(guest.Forwarding.ConnectAsync(place["link"], cancellationToken: Cancel))).Code);
        Assert.Equal(ErrorCode.Conflict, (await RefusedAsync(guest.Forwarding.ConnectAsync(place["file"], cancellationToken: Cancel))).Code);
        Assert.Equal(ErrorCode.NotFound, (await RefusedAsync(guest.Forwarding.ConnectAsync(place["none"], cancellationToken: Cancel))).Code);
        Assert.Equal(ErrorCode.Conflict, (await RefusedAsync(guest.Forwarding.ListenAsync(place["file"], cancellationToken: Cancel))).Code);
        Assert.True(File.Exists(place["file"]));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_conflict()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        GuestAgentException e = await RefusedAsync(guest.Forwarding.ListenAsync(
            server.Address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), cancellationToken: Cancel));
        Assert.Equal((ErrorCode.Conflict, "EADDRINUSE"), (e.Code, e.Detail?.Errno));
    }

    [Fact]
    public async Task More_than_the_limit_are_refused_and_a_place_is_free_again_when_one_ends()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent =
            await RunningAgent.StartAsync(ForwardConfig.Loopback(new JsonObject { ["max_forwards"] = 1 }));
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        await using (await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel))
        {
            GuestAgentException e = await RefusedAsync(guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel));
            Assert.Equal((ErrorCode.Busy, "limits.max_forwards"), (e.Code, e.Detail?.Rule));
        }

        await Bounded.UntilAsync(() => TryConnect(guest, server.Address), () => "a free place");
    }

    [Fact]
    public async Task What_goes_on_is_found_in_its_own_session_alone()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        using RawClient owner = await agent.ConnectAsync();
        using RawClient other = await agent.ConnectAsync();
        await owner.SendAsync(Requests.Call(1, "forward_open", new JsonObject { ["address"] = server.Address }));
        Assert.Equal("forward_ready", (string?)(await owner.ReadAsync())["method"]);
        foreach (string operation in (string[])["forward_write", "forward_credit", "forward_accept"])
        {
            JsonObject parameters = operation switch
            {
                "forward_credit" => new JsonObject { ["id"] = 1, ["bytes"] = 1 },
                "forward_accept" => new JsonObject { ["id"] = 1, ["connection"] = 1 },
                _ => new JsonObject { ["id"] = 1, ["data"] = "YQ==" },
            };
            JsonObject reply = await other.CallAsync(2, operation, parameters);
            Assert.Equal(-32002, (int)reply["error"]!["code"]!);
        }
    }

    [Fact]
    public async Task A_changed_policy_ends_what_it_does_not_allow_any_more()
    {
        using var server = new LoopbackServer();
        using var directory = new TemporaryDirectory();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback(), directory);
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        await using GuestStream stream = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        await using GuestPortListener listener = await guest.Forwarding.ListenAsync("localhost:0", cancellationToken: Cancel);
        Socket here = await server.AcceptAsync();
        await File.WriteAllTextAsync(directory["config.json"], AgentConfig.Default.ToJson(agent.SocketPath), cancellationToken: Cancel);
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(
            () => stream.Completion.WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel));
        Assert.Equal((ErrorCode.PermissionDenied, "policy.forward.connect"), (e.Code, e.Detail?.Rule));
        GuestAgentException ended = await Assert.ThrowsAsync<GuestAgentException>(
            () => listener.AcceptAsync(cancellationToken: Cancel).WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel));
        Assert.Equal("policy.forward.listen", ended.Detail?.Rule);
        Assert.Empty(await LoopbackServer.ReadToTheCutAsync(here));
    }

    private static Task<GuestAgentException> RefusedAsync(Task task) => Assert.ThrowsAsync<GuestAgentException>(() => task);

    private static bool TryConnect(GuestClient guest, string address)
    {
        try
        {
            guest.Forwarding.ConnectAsync(address).GetAwaiter().GetResult().Dispose();
            return true;
        }
        catch (GuestAgentException e) when (e.IsBusy)
        {
            return false;
        }
    }
}
