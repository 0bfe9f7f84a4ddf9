using System.Globalization;
using GuestAgent.Linux;

namespace GuestAgent.Systemd;

/// <summary>
/// Tells the service manager, as often as it asked for, that the agent is alive: each time after the epoll thread has
/// answered and the thread pool has taken the answer on. An agent in which either hangs is restarted.
/// </summary>
/// <param name="socket">Where the manager listens.</param>
/// <param name="loops">The epoll threads.</param>
/// <param name="limit">Silence after which the manager takes the agent for dead.</param>
/// <param name="clock">Measures the time between two messages.</param>
internal sealed class Watchdog(NotifySocket socket, EpollLoop[] loops, TimeSpan limit, TimeProvider clock)
{
    /// <summary>The silence that the manager allows this process, sd_watchdog_enabled(3); null when it does not watch.</summary>
    public static TimeSpan? LimitFromEnvironment() => LimitFrom(
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"),
        Environment.ProcessId);

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

    /// <summary>Gives signs of life, the first at once, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
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
    private sealed class Questions : IDisposable
    {
        private readonly EventDescriptor[] _events;
        private readonly EpollRegistration[] _answers;

        public Questions(EpollLoop[] loops)
        {
            _events = Array.ConvertAll(loops, static _ => new EventDescriptor());
            _answers = new EpollRegistration[loops.Length];
            for (int i = 0; i < loops.Length; i++)
            {
                _answers[i] = loops[i].Register(_events[i].Handle);
            }
        }

        public async ValueTask<bool> AreAnsweredAsync(CancellationToken cancellationToken)
        {
            for (int i = 0; i < _answers.Length; i++)
            {
                _events[i].Set();
                if ((await _answers[i].WaitAsync(Readiness.Input, cancellationToken)).HasFlag(Readiness.Removed))
                {
                    return false;
                }
            }

            return true;
        }

        public void Dispose()
        {
            for (int i = 0; i < _answers.Length; i++)
            {
                _answers[i].Dispose();
                _events[i].Dispose();
            }
        }
    }
}
