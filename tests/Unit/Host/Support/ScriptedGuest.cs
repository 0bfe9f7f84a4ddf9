using System.Threading.Channels;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>
/// A guest to which a client can connect again and again; each attach is an agent that says what a test tells it to.
/// </summary>
internal sealed class ScriptedGuest
{
    private readonly Channel<ScriptedAgent> _attaches = Channel.CreateUnbounded<ScriptedAgent>();
    private int _refusals;
    private int _attempts;

    /// <summary>How often the client has tried to connect.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>The next attempts find nothing to connect to.</summary>
    public void Refuse(int attempts) => Volatile.Write(ref _refusals, attempts);

    /// <summary>A client that is attached, past its hello, and the agent at the other end.</summary>
    public async Task<(GuestClient Client, ScriptedAgent Agent)> ConnectAsync(GuestClientOptions options)
    {
        Task<GuestClient> connecting = StartConnecting(options);
        ScriptedAgent agent = await AcceptAsync();
        return (await connecting.InTime(), agent);
    }

    /// <summary>A client that connects.</summary>
    public Task<GuestClient> StartConnecting(GuestClientOptions options) =>
        StartConnecting(options, TestContext.Current.CancellationToken);

    /// <summary>A client that connects until it is told to give up.</summary>
    public Task<GuestClient> StartConnecting(GuestClientOptions options, CancellationToken cancellationToken) =>
        GuestClient.ConnectAsync(OpenAsync, options, cancellationToken);

    /// <summary>The agent of the next attach, past its hello.</summary>
    public async Task<ScriptedAgent> AcceptAsync(AgentDescription? description = null)
    {
        ScriptedAgent agent = await AcceptSilentlyAsync();
        await agent.SendAsync(ScriptedAgent.HelloReply(await agent.ReceiveAsync("hello"), description));
        return agent;
    }

    /// <summary>The agent of the next attach, which has not said anything.</summary>
    public async Task<ScriptedAgent> AcceptSilentlyAsync() =>
        await _attaches.Reader.ReadAsync(TestContext.Current.CancellationToken).InTime();

    private Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            throw new GuestConnectionException(ConnectionFailure.Refused, "Nobody listens.");
        }

        var agent = new ScriptedAgent();
        Assert.True(_attaches.Writer.TryWrite(agent));
        return Task.FromResult<Stream>(new ChannelStream(agent.HostEnd));
    }
}
