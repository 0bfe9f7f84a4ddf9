using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Notifications;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The way to the agent of one guest, over one session after another. When a session is lost and reconnecting is on, it
/// makes the next one; calls that were not sent, and unanswered ones that are safe to repeat, go there.
/// </summary>
internal sealed class GuestLink : IAsyncDisposable
{
    // A call whose answer gets lost that often is likely to be what breaks the connection.
    private const int MostRepeats = 3;

    private readonly SessionOpener _opener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<GuestConnectionException> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Task _supervision;
    private volatile Succession<AgentSession> _session;
    private volatile Succession<ConnectionStatus> _status;

    private GuestLink(SessionOpener opener, AgentSession session)
    {
        _opener = opener;
        _session = new Succession<AgentSession>(session);
        _status = new Succession<ConnectionStatus>(new ConnectionStatus(ConnectionState.Connected, session.Agent));
        _opener.Log.Connected(session.Agent);
        _supervision = SuperviseAsync(session);
    }

    /// <summary>Who answered hello last.</summary>
    public AgentDescription Agent => _session.Value.Agent;

    /// <summary>Time limits and sizes.</summary>
    public GuestClientOptions Options => _opener.Options;

    /// <summary>Where requests pass.</summary>
    public CallGate Gate => _opener.Gate;

    /// <summary>Where to tell what becomes of the connection.</summary>
    public LinkLog Log => _opener.Log;

    /// <summary>Those who watch notifications.</summary>
    public Feeds Feeds => _opener.Feeds;

    /// <summary>The session that there is, or was last; a call on one that is lost says that it was not sent.</summary>
    public Succession<AgentSession> Current => _session;

    /// <summary>True when a lost session is followed by another.</summary>
    public bool CanReconnect => _opener.CanReconnect;

    /// <summary>How the client stands to its agent now, and all that follows.</summary>
    public Succession<ConnectionStatus> Status => _status;

    /// <summary>Completes when the connection has ended for good, with the reason.</summary>
    public Task<GuestConnectionException> Closed => _closed.Task;

    /// <summary>Makes the first session.</summary>
    public static async Task<GuestLink> OpenAsync(SessionOpener opener, CancellationToken cancellationToken) =>
        new(opener, await opener.OpenAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Sends a request on the session that there is, waiting for one.</summary>
    /// <exception cref="GuestConnectionException">There is none, or none in time; nothing was sent.</exception>
    public async Task<(AgentSession Session, PendingCall Call)> SendAsync<T>(
        Request<T> request, CancellationToken cancellationToken)
    {
        for (Succession<AgentSession> current = _session; ;)
        {
            try
            {
                return (current.Value, await current.Value.SendAsync(request, cancellationToken).ConfigureAwait(false));
            }
            catch (GuestConnectionException e) when (_opener.CanReconnect && e.WasNotSent)
            {
                current = await NextAsync(current, e, request.Deadline, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a request, again if need be and allowed, and interprets its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="interpret">Reads the answer; a violation that it finds ends the session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<TAnswer> CallAsync<TRequest, TAnswer>(
        Request<TRequest> request, Func<Reply, TAnswer> interpret, CancellationToken cancellationToken) =>
        HostDiagnostics.IsSupported && HostDiagnostics.AreCallsObserved
            ? ObserveAsync(request, interpret, cancellationToken)
            : SendAndReadAsync(request, interpret, cancellationToken);

    /// <summary>
    /// Sends a request as a notification, on the session that there is. Completes when it is queued, and never fails: where
    /// there is no session there is nobody to notify.
    /// </summary>
    public Task PostAsync<TRequest, TResult>(OperationContract<TRequest, TResult> contract, TRequest request)
        where TRequest : class
        where TResult : class =>
        _session.Value.PostAsync(contract.Name, request, contract.Request);

    /// <summary>Completes when nothing is under way on the session that there is; the gate must be closed.</summary>
    /// <exception cref="GuestConnectionException">There is none.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await Gate.WhenIdleAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await _session.Value.SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The session after a lost one.</summary>
    /// <param name="lost">The lost one.</param>
    /// <param name="failure">What failed with it, and fails for good when none comes.</param>
    /// <param name="wait">Longest wait; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Succession<AgentSession>> NextAsync(
        Succession<AgentSession> lost,
        GuestConnectionException failure,
        TimeSpan? wait,
        CancellationToken cancellationToken)
    {
        try
        {
            return await lost.Next
                .WaitAsync(wait ?? Timeout.InfiniteTimeSpan, Options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (GuestConnectionException final)
        {
            throw failure.Because(final);
        }
        catch (TimeoutException)
        {
            throw _status.Value.Failure is { } now ? failure.Because(now) : failure;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close(AgentSession.Disposed());
        await _stop.CancelAsync().ConfigureAwait(false);
        await _supervision.ConfigureAwait(false);
    }

    /// <summary>Ends the link of a process that ends: see <see cref="AgentSession.LeaveAsync"/>.</summary>
    public Task LeaveAsync()
    {
        Close(AgentSession.Disposed());
        return _session.Value.LeaveAsync();
    }

    private async Task<TAnswer> ObserveAsync<TRequest, TAnswer>(
        Request<TRequest> request, Func<Reply, TAnswer> interpret, CancellationToken cancellationToken)
    {
        CallObservation? observation = CallObservation.Begin(request.Method, Log.Endpoint, Options);
        try
        {
            TAnswer answer = await SendAndReadAsync(request, interpret, cancellationToken).ConfigureAwait(false);
            observation?.Succeed();
            return answer;
        }
        catch (Exception e)
        {
            observation?.Fail(e);
            throw;
        }
    }

    private async Task<TAnswer> SendAndReadAsync<TRequest, TAnswer>(
        Request<TRequest> request, Func<Reply, TAnswer> interpret, CancellationToken cancellationToken)
    {
        for (int repeats = 0; ; repeats++)
        {
            (AgentSession session, PendingCall call) =
                await SendAsync(request, cancellationToken).ConfigureAwait(false);
            Reply? reply = null;
            try
            {
                reply = await session.WaitAsync(call, request.Deadline, cancellationToken).ConfigureAwait(false);
                return session.Interpret(call, reply.Value, interpret);
            }
            catch (GuestConnectionException e) when (
                (reply is null || e.Reason == ConnectionFailure.AgentStopping)
                && _opener.CanReconnect && request.IsRepeatable && repeats < MostRepeats && !_closed.Task.IsCompleted)
            {
                Log.Repeats(request.Method);
                Succession<AgentSession> lost = _session;
                if (lost.Value == session)
                {
                    await NextAsync(lost, e, request.Deadline, cancellationToken).ConfigureAwait(false);
                }

            }
        }
    }

    private async Task SuperviseAsync(AgentSession session)
    {
        var retry = new RetryDelays(_opener.Options);
        while (true)
        {
            retry.Begin();
            await ((Task)session.Closed.WaitAsync(_stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_opener.CanReconnect && session.Closed.IsCompleted)
            {
                Close(await session.Closed.ConfigureAwait(false));
            }

            // The old channel is given back before the next is asked for: a chardev serves one client.
            await session.DisposeAsync().ConfigureAwait(false);
            GuestConnectionException loss = await session.Closed.ConfigureAwait(false);
            Log.Lost(loss);
            if (!_opener.CanReconnect || await ReconnectAsync(retry, loss).ConfigureAwait(false) is not { } next)
            {
                End(loss);
                return;
            }

            session = next;
        }
    }

    private async Task<AgentSession?> ReconnectAsync(RetryDelays retry, GuestConnectionException loss)
    {
        retry.Lost();
        GuestConnectionException failure = loss;
        try
        {
            while (!_stop.IsCancellationRequested && retry.Next() is { } delay)
            {
                Log.Reconnecting(retry.Attempt, delay);
                Publish(new ConnectionStatus(ConnectionState.Reconnecting, Agent, failure, retry.Attempt, delay));
                await Task.Delay(delay, Options.TimeProvider, _stop.Token).ConfigureAwait(false);
                try
                {
                    AgentSession session = await _opener.OpenAsync(_stop.Token).ConfigureAwait(false);
                    Log.Reconnected(retry.Attempt, session.Agent.Instance == Agent.Instance);
                    HostDiagnostics.CountReconnect();
                    _session = _session.Append(session);
                    Publish(new ConnectionStatus(ConnectionState.Connected, session.Agent));
                    _ = Feeds.RenewAsync(this);
                    return session;
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    failure = SessionOpener.Explain(e);
                    Log.AttemptFailed(retry.Attempt, failure);
                    if (failure.Reason == ConnectionFailure.Incompatible)
                    {
                        break;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed, which is closed already.
        }

        Close(failure);
        return null;
    }

    private void Publish(ConnectionStatus status) => _status = _status.Append(status);

    private void Close(GuestConnectionException reason) => _closed.TrySetResult(reason);

    private void End(GuestConnectionException loss)
    {
        Close(loss);
        GuestConnectionException reason = _closed.Task.Result;
        Log.Closed(reason);
        Gate.OpenForGood();
        _session.End(reason);
        Publish(new ConnectionStatus(ConnectionState.Closed, Agent, reason));
        Feeds.End(reason);
    }
}
