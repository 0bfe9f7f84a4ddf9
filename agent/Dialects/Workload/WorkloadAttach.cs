using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Dialects.Workload;

/// <summary>The stay of a host that makes one call, and has no way to be told anything outside of it.</summary>
internal sealed class WorkloadAttach : IAttach, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<IDisposable> _kept = [];
    private bool _ended;

    /// <inheritdoc/>
    public void Keep(IDisposable lasting)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _kept.Add(lasting);
                return;
            }
        }

        lasting.Dispose();
    }

    /// <inheritdoc/>
    public void Release(IDisposable lasting)
    {
        lock (_gate)
        {
            _kept.Remove(lasting);
        }
    }

    /// <inheritdoc/>
    public bool IsWaiting<T>(EventContract<T> contract)
        where T : class => false;

    /// <inheritdoc/>
    public void PostLatest<T>(EventContract<T> contract, T content)
        where T : class
    {
        // The language has no word for it.
    }

    /// <summary>The host is gone.</summary>
    public void Dispose()
    {
        IDisposable[] kept;
        lock (_gate)
        {
            _ended = true;
            kept = [.. _kept];
        }

        Array.ForEach(kept, lasting => lasting.Dispose());
    }
}
