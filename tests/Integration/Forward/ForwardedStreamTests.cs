using System.Net;
using System.Net.Sockets;
using GuestAgent.Contracts.Forward;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Forward;

/// <summary>Connections over the guest's channel: what each end sees of the other.</summary>
public sealed class ForwardedStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_direction_ends_by_itself()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);

        await using GuestStream first = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        Socket there = await server.AcceptAsync();
        await first.WriteAsync("question"u8.ToArray(), cancellationToken: Cancel);
        await first.CompleteWritesAsync(cancellationToken: Cancel);
        Assert.Equal("question"u8.ToArray(), await LoopbackServer.ReadToEndAsync(there));
        await there.SendAsync("answer"u8.ToArray());
        there.Shutdown(SocketShutdown.Send);
        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(first));
        Assert.Equal(new ForwardResult(6, 8), await first.Completion.WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel));

        // The other one first.
        await using GuestStream second = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        there = await server.AcceptAsync();
        there.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadToEndAsync(second));
        await second.WriteAsync("late"u8.ToArray(), cancellationToken: Cancel);
        await second.CompleteWritesAsync(cancellationToken: Cancel);
        Assert.Equal("late"u8.ToArray(), await LoopbackServer.ReadToEndAsync(there));
    }

    [Fact]
    public async Task A_listener_in_the_guest_hands_over_what_comes()
    {
        using var place = new TemporaryDirectory();
        await using RunningAgent agent =
            await RunningAgent.StartAsync(ForwardConfig.With([], ["localhost:*", place.Path]));
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        await using GuestPortListener port = await guest.Forwarding.ListenAsync("localhost:0", cancellationToken: Cancel);
        await using GuestPortListener path = await guest.Forwarding.ListenAsync(place["sock"], cancellationToken: Cancel);
        Assert.Equal(place["sock"], path.Address);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place["sock"]));
        foreach ((GuestPortListener listener, EndPoint address) in ((GuestPortListener, EndPoint)[])
            [(port, IPEndPoint.Parse(port.Address)), (path, new UnixDomainSocketEndPoint(place["sock"]))])
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(address, cancellationToken: Cancel);
            await using GuestStream stream = await listener.AcceptAsync(cancellationToken: Cancel).WaitAsync(TestTimeouts.Answer, Cancel);
            await client.SendAsync("to the host"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("to the host"u8.ToArray(), await ReadToEndAsync(stream));
            await stream.WriteAsync("to the guest"u8.ToArray(), cancellationToken: Cancel);
            await stream.CompleteWritesAsync(cancellationToken: Cancel);
            Assert.Equal("to the guest"u8.ToArray(), await LoopbackServer.ReadToEndAsync(client));
        }

        await path.DisposeAsync();
        await Bounded.UntilAsync(() => !File.Exists(place["sock"]), () => "the socket's file to be removed");
    }

    [Fact]
    public async Task Whoever_goes_ends_it_on_the_other_side()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);

        // The one in the guest, by force.
        await using GuestStream cut = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        Socket there = await server.AcceptAsync();
        there.LingerState = new LingerOption(true, 0);
        there.Close();
        await Assert.ThrowsAsync<GuestAgentException>(() => ReadToEndAsync(cut));

        // The host's program.
        GuestStream left = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        there = await server.AcceptAsync();
        await left.DisposeAsync();
        Assert.Empty(await LoopbackServer.ReadToTheCutAsync(there));

        // The host's channel.
        GuestClient gone = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        GuestStream lost = await gone.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        there = await server.AcceptAsync();
        await gone.DisposeAsync();
        Assert.Empty(await LoopbackServer.ReadToTheCutAsync(there));
        await Assert.ThrowsAnyAsync<GuestException>(() => ReadToEndAsync(lost));
    }

    [Fact]
    public async Task Half_of_what_was_to_be_said_does_not_look_like_all_of_it()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        foreach (bool leaves in (bool[])[true, false])
        {
            GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
            GuestStream stream = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
            Socket there = await server.AcceptAsync();
            await stream.WriteAsync("half"u8.ToArray(), cancellationToken: Cancel);
            byte[] read = new byte[64];
            Assert.Equal(4, await there.ReceiveAsync(read).WithinAsync(TestTimeouts.Answer, "the first half"));
            await (leaves ? guest.DisposeAsync() : stream.DisposeAsync());
            SocketException cut = await Assert.ThrowsAsync<SocketException>(
                () => there.ReceiveAsync(read).WithinAsync(TestTimeouts.Answer, "the end"));
            Assert.Equal(SocketError.ConnectionReset, cut.SocketErrorCode);
            await guest.DisposeAsync();
        }
    }

    [Fact]
    public async Task When_the_agent_is_stopped_both_ends_see_it()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        await using GuestStream stream = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        Socket there = await server.AcceptAsync();
        Assert.Equal(0, await agent.StopAsync());
        Assert.Empty(await LoopbackServer.ReadToTheCutAsync(there));
        await Assert.ThrowsAnyAsync<GuestException>(() => ReadToEndAsync(stream));
    }

    [Fact]
    public async Task What_nobody_reads_stops_its_sender_and_nobody_else()
    {
        using var server = new LoopbackServer();
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        await using GuestStream slow = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        Socket slowThere = await server.AcceptAsync();
        byte[] much = LoopbackServer.Bytes(24 * 1024 * 1024);
        Task<int> filling = slowThere.SendAsync(much);
        Task writing = WriteAllAsync(slow, much);

        // Both directions of the one stand still, and the other goes on.
        await using GuestStream quick = await guest.Forwarding.ConnectAsync(server.Address, cancellationToken: Cancel);
        Socket quickThere = await server.AcceptAsync();
        for (int i = 0; i < 50; i++)
        {
            await quick.WriteAsync("ping"u8.ToArray(), cancellationToken: Cancel);
            byte[] four = new byte[4];
            await quickThere.ReceiveAsync(four).WithinAsync(TestTimeouts.Answer, "four bytes there");
            await quickThere.SendAsync(four);
            await quick.ReadExactlyAsync(four, cancellationToken: Cancel).AsTask().WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel);
        }

        Assert.False(filling.IsCompleted);
        Assert.False(writing.IsCompleted);
        Task<byte[]> taken = LoopbackServer.ReadToEndAsync(slowThere);
        byte[] here = new byte[much.Length];
        await slow.ReadExactlyAsync(here, cancellationToken: Cancel).AsTask().WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel);
        await writing.WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel);
        await slow.CompleteWritesAsync(cancellationToken: Cancel).WaitAsync(TestTimeouts.Answer, cancellationToken: Cancel);
        Assert.True(here.AsSpan().SequenceEqual(much));
        Assert.True((await taken).AsSpan().SequenceEqual(much));
    }

    [Fact]
    public async Task More_at_once_than_requests_may_be_in_flight_leave_room_for_requests()
    {
        using var server = new LoopbackServer();
        using var end = new CancellationTokenSource();
        Task echoing = server.EchoAsync(end.Token);
        await using RunningAgent agent = await RunningAgent.StartAsync(ForwardConfig.Loopback());
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Cancel);
        GuestStream[] streams = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => guest.Forwarding.ConnectAsync(server.Address)));
        await guest.PingAsync(cancellationToken: Cancel);
        byte[] said = LoopbackServer.Bytes(300_000);
        await Task.WhenAll(streams.Select(async stream =>
        {
            await WriteAllAsync(stream, said);
            await stream.CompleteWritesAsync().WaitAsync(TestTimeouts.Answer);
            Assert.True((await ReadToEndAsync(stream)).AsSpan().SequenceEqual(said));
            Assert.Equal(new ForwardResult(said.Length, said.Length), await stream.Completion.WaitAsync(TestTimeouts.Answer));
        }));
        await end.CancelAsync();
        await echoing;
    }

    private static async Task WriteAllAsync(GuestStream stream, byte[] bytes) => await stream.WriteAsync(bytes);

    private static async Task<byte[]> ReadToEndAsync(GuestStream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WaitAsync(TestTimeouts.Answer);
        return all.ToArray();
    }

    // A reset is an end too: what had not been read was dropped.
}
