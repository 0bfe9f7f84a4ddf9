namespace GuestAgent.Host.Sessions;

/// <summary>One closing of a gate, from its creation until it is disposed of, once.</summary>
internal sealed class Quiescence : IAsyncDisposable
{
    private readonly CallGate _gate;
    private int _isOver;

    public Quiescence(CallGate gate)
    {
        _gate = gate;
        gate.Close();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _gate.Open();
        }

        return ValueTask.CompletedTask;
    }
}
