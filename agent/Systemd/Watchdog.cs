using System.Globalization;
using GuestAgent.Linux.Io;

namespace GuestAgent.Systemd;

/// <summary>
/// Tells the service manager, as often as it asked for, that the agent is alive: each time after the epoll threads have
/// answered and the thread pool has taken the answers on. An agent in which one of them hangs is restarted.
/// </summary>
/// <param name="socket">Where the manager listens.</param>
/// <param name="loops">The loops; one that has not begun yet has no thread that could hang.</param>
/// <param name="limit">Silence after which the manager takes the agent for dead.</param>
/// <param name="clock">Measures the time between two messages.</param>
internal sealed class Watchdog(NotifySocket socket, EpollLoop[] loops, TimeSpan limit, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The watchdog that the manager has asked for; null when it wants none.</summary>
    /// <param name="socket">Where the manager listens; null when there is none.</param>
    /// <param name="loops">The loops.</param>
    /// <param name="clock">Measures the time between two messages.</param>
    public static Watchdog? FromEnvironment(NotifySocket? socket, EpollLoop[] loops, TimeProvider clock) =>
        socket is not null && LimitFromEnvironment() is { } limit ? new Watchdog(socket, loops, limit, clock) : null;

    /// <summary>Reads the manager's wish.</summary>
    /// <param name="microseconds">Value of WATCHDOG_USEC; null when unset.</param>
    /// <param name="watched">Value of WATCHDOG_PID, the process that is meant; null when unset.</param>
    /// <param name="own">Number of this process.</param>
    public static TimeSpan? LimitFrom(string? microseconds, string? watched, int own)
    {
        bool isMeant = watched is null
            || (int.TryParse(watched, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid == own);
        return isMeant
            && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            && limit > 0 && limit <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromMicroseconds(limit)
            : null;
    }

    /// <summary>Gives signs of life from now on, the first at once, until disposed.</summary>
    public void Start() => _ = RunAsync(_stopping.Token);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    // sd_watchdog_enabled(3).
    private static TimeSpan? LimitFromEnvironment() => LimitFrom(
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"),
        Environment.ProcessId);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var questions = new Questions(loops);
        // Half of the limit, as sd_watchdog_enabled(3) recommends.
        using var pause = new PeriodicTimer(TimeSpan.FromTicks(Math.Max(limit.Ticks / 2, TimeSpan.TicksPerMillisecond)), clock);
        do
        {
            if (!await questions.AreAnsweredAsync(cancellationToken))
            {
                return;
            }

            socket.Send("WATCHDOG=1");
        }
        while (await pause.WaitForNextTickAsync(cancellationToken));
    }

    // One for each loop: a descriptor that becomes ready, on which the loop must wake up.
    private sealed class Questions(EpollLoop[] loops) : IDisposable
    {
        private readonly EventDescriptor?[] _events = new EventDescriptor?[loops.Length];
        private readonly EpollRegistration?[] _answers = new EpollRegistration?[loops.Length];

        public async ValueTask<bool> AreAnsweredAsync(CancellationToken cancellationToken)
        {
            for (int i = 0; i < loops.Length; i++)
            {
                if (!loops[i].HasStarted)
                {
                    continue;
                }

                EventDescriptor question = _events[i] ??= new EventDescriptor();
                EpollRegistration answer = _answers[i] ??= loops[i].Register(question.Handle);
                question.Set();
                if ((await answer.WaitAsync(Readiness.Input, cancellationToken)).HasFlag(Readiness.Removed))
                {
                    return false;
                }
            }

            return true;
        }

        public void Dispose()
        {
            for (int i = 0; i < loops.Length; i++)
            {
                _answers[i]?.Dispose();
                _events[i]?.Dispose();
            }
        }
    }
}
