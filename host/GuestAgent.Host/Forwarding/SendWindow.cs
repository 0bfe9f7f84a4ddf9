namespace GuestAgent.Host.Forwarding;

/// <summary>Bytes that are under way to the guest and not taken there yet. One sender at a time.</summary>
/// <param name="forwards">Say how many there may be.</param>
internal sealed class SendWindow(OpenForwards forwards)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _changed;
    private Exception? _failure;
    private int _underWay;

    /// <summary>Waits for room.</summary>
    /// <param name="bytes">How many are to go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">What <see cref="Fail"/> was told.</exception>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_failure is { } failure)
                {
                    throw failure;
                }

                if (_underWay == 0 || _underWay + bytes <= forwards.WindowBytes)
                {
                    _underWay += bytes;
                    return;
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The guest has taken bytes, or they were never sent.</summary>
    public void Release(int bytes) => Change(() => _underWay -= bytes);

    /// <summary>Nobody takes any more.</summary>
    public void Fail(Exception failure) => Change(() => _failure ??= failure);

    private void Change(Action change)
    {
        TaskCompletionSource? changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = null;
        }

        changed?.SetResult();
    }
}
