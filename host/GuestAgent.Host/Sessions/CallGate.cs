namespace GuestAgent.Host.Sessions;

/// <summary>
/// Where all requests of a client pass on their way out, over all its sessions: closed for as long as the guest is to be left alone.
/// Those that have passed are counted until they are answered or given up.
/// </summary>
internal sealed class CallGate
{
    private readonly Lock _lock = new();
    private int _closings;
    private int _underWay;
    private bool _isOpenForGood;
    private TaskCompletionSource? _opened;
    private TaskCompletionSource? _idle;

    /// <summary>Passes, when the gate is open; <see cref="Leave"/> follows in any case.</summary>
    /// <returns>True when it was closed before.</returns>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        for (bool hasWaited = false; ; hasWaited = true)
        {
            Task opened;
            lock (_lock)
            {
                if (_closings == 0 || _isOpenForGood)
                {
                    _underWay++;
                    return hasWaited;
                }

                _opened ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                opened = _opened.Task;
            }

            await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A request that had passed is over.</summary>
    public void Leave()
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            if (--_underWay == 0)
            {
                (idle, _idle) = (_idle, null);
            }
        }

        idle?.SetResult();
    }

    /// <summary>Closes the gate, as often as it is to be opened again.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closings++;
        }
    }

    /// <summary>Completes when nothing is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            if (_underWay == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>Opens the gate, when it has been opened as often as closed.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (--_closings == 0)
            {
                LetPass();
            }
        }
    }

    /// <summary>There is no guest any more: whoever waits goes on, and learns that.</summary>
    public void OpenForGood()
    {
        lock (_lock)
        {
            _isOpenForGood = true;
            LetPass();
        }
    }

    private void LetPass()
    {
        _opened?.TrySetResult();
        _opened = null;
    }
}
