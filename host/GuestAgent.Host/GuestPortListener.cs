using GuestAgent.Contracts.Forward;
using GuestAgent.Host.Forwarding;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>
/// A port or a Unix socket in the guest, at which the agent listens for this host (<see cref="GuestForwarding.ListenAsync"/>). It ends
/// with the session that it was opened in: reconnecting does not open it again.
/// </summary>
public sealed class GuestPortListener : IAsyncDisposable
{
    private readonly AgentSession _session;
    private readonly OpenForwards _forwards;
    private readonly ListenerEvents _events;
    private readonly PendingCall _call;
    private readonly Task _completion;

    private GuestPortListener(AgentSession session, OpenForwards forwards, ListenerEvents events, PendingCall call)
    {
        _session = session;
        _forwards = forwards;
        _events = events;
        _call = call;
        _completion = CompleteAsync();
    }

    /// <summary>Where it listens, as the guest says, with the port that its kernel has chosen.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Waits for somebody to connect in the guest.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GuestException">The listener has ended, or who has connected has gone again.</exception>
    public async Task<GuestStream> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (await _events.TakeAsync(cancellationToken).ConfigureAwait(false) is not { } number)
        {
            await _completion.ConfigureAwait(false);
            throw AgentSession.Disposed();
        }

        return new GuestStream(await ForwardChannel
            .AcceptAsync(
                _session, _forwards, window => new ForwardAcceptRequest(_call.Id, number, window), cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>Ends it, and what has come to it.</summary>
    public async ValueTask DisposeAsync()
    {
        _call.GiveUp();
        await _completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal static async Task<GuestPortListener> OpenAsync(
        GuestLink link, OpenForwards forwards, string address, CancellationToken cancellationToken)
    {
        var events = new ListenerEvents();
        (AgentSession session, PendingCall call) = await link
            .SendAsync(
                new Request<ForwardListenRequest>(
                    ForwardListen.Contract.Name,
                    new ForwardListenRequest(address),
                    ForwardListen.Contract.Request,
                    false,
                    null,
                    Forward: events),
                cancellationToken)
            .ConfigureAwait(false);
        var listener = new GuestPortListener(session, forwards, events, call);
        try
        {
            Task first = await Task.WhenAny(events.Ready, listener._completion).WaitAsync(cancellationToken).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            listener.Address = events.Ready.IsCompletedSuccessfully
                ? await events.Ready.ConfigureAwait(false)
                : throw GuestConnectionException.Violation("a listener ended that had not begun.");
            return listener;
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CompleteAsync()
    {
        try
        {
            Reply reply = await _session.WaitAsync(_call, null, CancellationToken.None).ConfigureAwait(false);
            _session.Interpret(_call, reply, static answer => answer.Read(ForwardListen.Contract.Result));
        }
        finally
        {
            _events.Complete();
        }
    }
}
