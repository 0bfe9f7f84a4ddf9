using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Io;

/// <summary>One descriptor's membership in the loop, on which code waits for its edges.</summary>
internal sealed class EpollRegistration : IDisposable
{
    // What concerns whoever waits, in either direction: the next read or write will tell.
    private const Readiness EveryDirection = Readiness.HangUp | Readiness.Error | Readiness.Removed;

    private readonly EpollLoop _loop;
    private readonly ReadinessEvent _input;
    private readonly ReadinessEvent _output;
    private readonly ReadinessEvent _either;
    private int _removed;

    public EpollRegistration(EpollLoop loop, SafeHandle descriptor, ulong token)
    {
        _loop = loop;
        Descriptor = descriptor;
        Token = token;
        _input = new ReadinessEvent(loop.RunsInline);
        _output = new ReadinessEvent(loop.RunsInline);
        _either = new ReadinessEvent(loop.RunsInline);
    }

    public SafeHandle Descriptor { get; }

    public ulong Token { get; }

    /// <summary>
    /// Waits for the next edge in a direction; <see cref="Readiness.Input"/> | <see cref="Readiness.Output"/> waits for
    /// any edge at all, beside the waits of both directions. One waiter each.
    /// </summary>
    /// <returns>Everything seen since the former wait; <see cref="Readiness.Removed"/> once the registration is gone.</returns>
    public ValueTask<Readiness> WaitAsync(Readiness direction, CancellationToken cancellationToken) => direction switch
    {
        Readiness.Input => _input.WaitAsync(cancellationToken),
        Readiness.Output => _output.WaitAsync(cancellationToken),
        Readiness.Input | Readiness.Output => _either.WaitAsync(cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, null),
    };

    /// <summary>Takes the descriptor out of the loop and completes its waits with <see cref="Readiness.Removed"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _removed, 1) == 0)
        {
            _loop.Remove(this);
            Set(Readiness.Removed);
        }
    }

    /// <summary>Called by the loop for each edge.</summary>
    public void Set(Readiness readiness)
    {
        if ((readiness & (Readiness.Input | EveryDirection)) != 0)
        {
            _input.Set(readiness);
        }

        if ((readiness & (Readiness.Output | EveryDirection)) != 0)
        {
            _output.Set(readiness);
        }

        _either.Set(readiness);
    }
}
