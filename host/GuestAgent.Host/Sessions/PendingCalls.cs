using System.Diagnostics.CodeAnalysis;
using GuestAgent.Contracts;
using GuestAgent.Host.Commands;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The requests of one connection that are not answered yet. When the connection ends, all fail at once.
/// </summary>
internal sealed class PendingCalls
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CallId, PendingCall> _calls = [];
    private GuestConnectionException? _failure;
    private TaskCompletionSource? _awaited;
    private long _lastNumber;

    /// <summary>The number of the request that was noted last; they are counted from 1.</summary>
    public long LastNumber
    {
        get
        {
            lock (_gate)
            {
                return _lastNumber;
            }
        }
    }

    /// <summary>Notes a request that is about to be sent.</summary>
    /// <exception cref="GuestConnectionException">The connection has ended.</exception>
    public void Add(PendingCall call)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw _failure.NotSent(call.Method);
            }

            call.Number = ++_lastNumber;
            _calls.Add(call.Id, call);
            _awaited?.TrySetResult();
            _awaited = null;
        }
    }

    /// <summary>Completes when a request waits for its answer.</summary>
    public Task WhenAnyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_calls.Count > 0)
            {
                return Task.CompletedTask;
            }

            _awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _awaited.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>True when a request waits whose number is above <paramref name="after"/> and at most <paramref name="last"/>.</summary>
    public bool IsAnyWaiting(long after, long last)
    {
        lock (_gate)
        {
            return _calls.Values.Any(call => call.Number > after && call.Number <= last);
        }
    }

    /// <summary>Takes a request out: it is answered, or nobody waits any more.</summary>
    /// <returns>False when there is no such request.</returns>
    public bool TryRemove(CallId id, [NotNullWhen(true)] out PendingCall? call)
    {
        lock (_gate)
        {
            if (!_calls.Remove(id, out call))
            {
                return false;
            }
        }

        call.Gate?.Leave();
        return true;
    }

    /// <summary>Where the output of a request goes; null when it is not pending or has none.</summary>
    public CommandOutput? FindOutput(CallId id)
    {
        lock (_gate)
        {
            return _calls.GetValueOrDefault(id)?.Output;
        }
    }

    /// <summary>Who is told of the connection or listener that a request began; null when it is not pending or began none.</summary>
    public IForwardEvents? FindForward(CallId id)
    {
        lock (_gate)
        {
            return _calls.GetValueOrDefault(id)?.Forward;
        }
    }

    /// <summary>Fails all requests, those that are still to come too.</summary>
    public void FailAll(GuestConnectionException reason)
    {
        PendingCall[] calls;
        lock (_gate)
        {
            _failure ??= reason;
            calls = [.. _calls.Values];
            _calls.Clear();
        }

        foreach (PendingCall call in calls)
        {
            call.Fail(reason);
            call.Gate?.Leave();
        }
    }
}
