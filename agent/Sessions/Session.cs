using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;

namespace GuestAgent.Sessions;

/// <summary>
/// One host on a connection, from its coming to its going: its calls, and what lasts longer. Knows neither bytes nor JSON. Ends
/// with the connection or when another host has come, which a virtio port may not show.
/// </summary>
internal class Session : ISession, IPush
{
    private readonly CallAdmission _admission;
    private readonly IPush? _push;
    private readonly Func<CancellationToken, Task> _whenTaken;
    private readonly SessionCalls _calls = new();
    private readonly SessionLifetime _lifetime = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<CallId, ReplyReceipt> _receipts = [];

    /// <summary>Begins a session.</summary>
    /// <param name="admission">Admits and starts calls.</param>
    /// <param name="push">The way to the host outside of any call; null where there is none.</param>
    /// <param name="whenTaken">Completes when the host has read what was sent so far, as far as can be known.</param>
    /// <exception cref="ArgumentException">The dialect says that there is no such way.</exception>
    public Session(CallAdmission admission, IPush? push, Func<CancellationToken, Task> whenTaken)
    {
        if (push is not null && !admission.Dialect.Push)
        {
            throw new ArgumentException("what the dialect says of push is not so", nameof(push));
        }

        _admission = admission;
        Order = admission.NextOrder();
        _push = push;
        _whenTaken = whenTaken;
    }

    /// <inheritdoc/>
    public SessionOrder Order { get; }

    /// <summary>True when the host is gone: nothing is sent to it any more.</summary>
    public bool Ended => _lifetime.IsOver;

    /// <summary>Completes when the host is gone.</summary>
    public Task Left => _lifetime.Over;

    /// <summary>Calls in flight.</summary>
    public SessionCalls Calls => _calls;

    /// <inheritdoc/>
    public IPush Push => _push is not null
        ? this
        : throw new OperationException(
            ErrorCode.NotSupported, "Hosts of this dialect cannot be told what they did not ask for.", new ErrorDetail("push"));

    /// <summary>True when a call may begin under this id: none in flight has it.</summary>
    public bool IsFree(CallId? id) => id is not { } value || _calls.Find(value) is null;

    /// <summary>Starts a call, now or in its turn, or refuses it; either way it is answered.</summary>
    /// <param name="call">The call.</param>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="arguments">Its parameters.</param>
    public void Start(Call call, string operation, ICallArguments arguments) =>
        _admission.Start(this, call, operation, arguments);

    /// <summary>Cancels the call in flight with this id, which is answered all the same; false when there is none.</summary>
    public bool Cancel(CallId id)
    {
        Call? call = _calls.Find(id);
        call?.Cancel();
        return call is not null;
    }

    /// <summary>Ends what is in flight, as the agent stops; all of it is answered.</summary>
    public void StopAll() => Array.ForEach(_calls.Now(), call => call.StopAfter(TimeSpan.Zero));

    /// <summary>Waits for the host's word that it has the answer to a call.</summary>
    public ReplyReceipt Expect(CallId id)
    {
        var receipt = new ReplyReceipt(this, id);
        lock (_gate)
        {
            _receipts[id] = receipt;
        }

        return receipt;
    }

    /// <summary>Notes the host's word that it has an answer.</summary>
    /// <returns>False when nobody was waiting for it.</returns>
    public bool Acknowledge(CallId id)
    {
        ReplyReceipt? receipt;
        lock (_gate)
        {
            _receipts.Remove(id, out receipt);
        }

        receipt?.Received();
        return receipt is not null;
    }

    /// <summary>Waits for that word no more.</summary>
    public void Forget(CallId id, ReplyReceipt receipt)
    {
        lock (_gate)
        {
            if (_receipts.GetValueOrDefault(id) == receipt)
            {
                _receipts.Remove(id);
            }
        }
    }

    /// <summary>Completes when all that was added so far has left the agent, and where the kernel can tell, was read.</summary>
    public Task WhenTakenAsync(CancellationToken cancellationToken) => _whenTaken(cancellationToken);

    /// <inheritdoc/>
    public void Keep(IDisposable lasting) => _lifetime.Keep(lasting);

    /// <inheritdoc/>
    public void Release(IDisposable lasting) => _lifetime.Release(lasting);

    /// <inheritdoc/>
    public bool IsWaiting<T>(EventContract<T> contract)
        where T : class => _push!.IsWaiting(contract);

    /// <inheritdoc/>
    public void PostLatest<T>(EventContract<T> contract, T content)
        where T : class
    {
        if (!Ended)
        {
            _push!.PostLatest(contract, content);
        }
    }

    /// <summary>
    /// Gives up what a host who has gone must have asked for: calls are cancelled and not answered, the rest ends.
    /// </summary>
    /// <param name="age">How long ago they came at least.</param>
    public void AbandonOlderThan(TimeSpan age)
    {
        foreach (Call call in _calls.Now(age))
        {
            call.Abandon();
            _calls.Release(call);
        }

        _lifetime.EndOlderThan(age);
    }

    /// <summary>Completes when no call is in flight any more; none may be started after this.</summary>
    public Task DrainAsync() => _calls.DrainAsync();

    /// <summary>Ends the session: cancels what is in flight, whose answers are dropped, and ends what was kept.</summary>
    public void End()
    {
        _lifetime.Close();
        Array.ForEach(_calls.Now(), call => call.Cancel());
        _lifetime.EndAll();
    }
}
