namespace GuestAgent.Commands;

/// <summary>
/// Credit of one streamed command, in bytes of both outputs together. While it is used up the command's pipes are not
/// read, so that the command itself waits.
/// </summary>
internal sealed class OutputWindow(long bytes)
{
    private readonly Lock _gate = new();
    private long _available = bytes;
    private TaskCompletionSource? _granted;

    /// <summary>Adds credit.</summary>
    /// <returns>The credit that there is now.</returns>
    public long Grant(int bytes)
    {
        TaskCompletionSource? granted;
        long available;
        lock (_gate)
        {
            // Two windows of the largest size: more would be a host that does not count.
            available = _available = Math.Min(_available + bytes, 2L * ExecParameters.MaxWindowBytes);
            granted = _granted;
            _granted = null;
        }

        granted?.SetResult();
        return available;
    }

    /// <summary>Takes credit, waiting until there is some.</summary>
    /// <returns>How much, 1 to <paramref name="wanted"/>.</returns>
    public async ValueTask<int> TakeAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task granted;
            lock (_gate)
            {
                if (_available > 0)
                {
                    int taken = (int)Math.Min(wanted, _available);
                    _available -= taken;
                    return taken;
                }

                _granted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                granted = _granted.Task;
            }

            await granted.WaitAsync(cancellationToken);
        }
    }
}
