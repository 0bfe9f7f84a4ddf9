using GuestAgent.Contracts.Agent;
using GuestAgent.Host.Notifications;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host.Sessions;

/// <summary>Turns an open channel into a session, or says why no agent answers on it.</summary>
internal static class SessionStart
{
    // The listener is looked at first after a tenth of the deadline: one that is free has accepted long before.
    private const int FirstLook = 10;

    /// <summary>Says hello to the agent at the other end.</summary>
    /// <param name="channel">The channel; closed when this fails.</param>
    /// <param name="isUnaccepted">True while a connection to the same listener is known to wait for it.</param>
    /// <param name="feeds">Where notifications go.</param>
    /// <param name="gate">Where requests pass.</param>
    /// <param name="endpoint">What the channel leads to, for those who follow what happens.</param>
    /// <param name="options">Time limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<AgentSession> OpenAsync(
        ByteChannel channel,
        Func<bool> isUnaccepted,
        Feeds feeds,
        CallGate gate,
        string endpoint,
        GuestClientOptions options,
        CancellationToken cancellationToken)
    {
        var reader = new MessageReader(channel.Input, options);
        var writer = new MessageWriter(channel.Output, options);
        var ids = new RequestIds();
        try
        {
            AgentDescription agent =
                await GreetAsync(reader, writer, ids, isUnaccepted, options, cancellationToken).ConfigureAwait(false);
            return new AgentSession(agent, channel, reader, writer, ids, feeds, gate, endpoint, options);
        }
        catch (Exception e)
        {
            await channel.AbortAsync().ConfigureAwait(false);
            channel.Complete(e);
            throw;
        }
    }

    private static async Task<AgentDescription> GreetAsync(
        MessageReader reader,
        MessageWriter writer,
        RequestIds ids,
        Func<bool> isUnaccepted,
        GuestClientOptions options,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.HelloDeadline, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);

        // Our connection is the one that waits only if one has waited from the beginning: a client that came later
        // waits behind us.
        bool waitedEarly = false;
        using ITimer look = options.TimeProvider.CreateTimer(
            _ => Volatile.Write(ref waitedEarly, isUnaccepted()),
            null,
            options.HelloDeadline / FirstLook,
            Timeout.InfiniteTimeSpan);
        try
        {
            return await Handshake.PerformAsync(reader, writer, ids, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Silence(options, Volatile.Read(ref waitedEarly) && isUnaccepted(), e);
        }
        catch (Exception e) when (e is not GuestException)
        {
            throw GuestConnectionException.From(e);
        }
    }

    private static GuestConnectionException Silence(GuestClientOptions options, bool held, Exception cause)
    {
        string time = GuestConnectionException.Seconds(options.HelloDeadline);
        return held
            ? new GuestConnectionException(
                ConnectionFailure.ChannelHeld,
                $"Another client holds the channel, or the process behind it hangs; it was not free within {time}.",
                cause)
            : new GuestConnectionException(
                ConnectionFailure.NoAnswer,
                $"Nothing answered within {time}: the agent is not running, or the guest is paused or still booting.",
                cause);
    }
}
