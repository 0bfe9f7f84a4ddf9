using GuestAgent.Contracts.Agent;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Notices an agent that is gone: a virtio port shows no end when its agent dies. Asks for a sign of life when nothing
/// has come for a while, and takes any byte for one.
/// </summary>
internal sealed class Heartbeat(
    AgentDescription agent,
    PendingCalls pending,
    MessageReader reader,
    MessageWriter writer,
    RequestIds ids,
    CallGate gate,
    GuestClientOptions options)
{
    // Timers count whole milliseconds; rounding up keeps the loop from turning within the last one.
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    /// <summary>Watches until the agent is silent.</summary>
    /// <exception cref="GuestConnectionException">The agent is silent, or says that it does not know this
    /// session.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        if (options.HeartbeatInterval == Timeout.InfiniteTimeSpan)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
        }

        TimeProvider clock = options.TimeProvider;
        long resumed = clock.GetTimestamp();
        while (true)
        {
            TimeSpan quiet = clock.GetElapsedTime(Math.Max(reader.LastReceived, resumed));
            if (quiet < options.HeartbeatInterval)
            {
                await Task.Delay(options.HeartbeatInterval - quiet + TimerStep, clock, stop).ConfigureAwait(false);
                continue;
            }

            // While the guest is left alone its silence says nothing.
            bool wasLeftAlone = await gate.EnterAsync(stop).ConfigureAwait(false);
            long before = reader.Receptions;
            SessionQuestion question;
            try
            {
                if (wasLeftAlone)
                {
                    resumed = clock.GetTimestamp();
                    continue;
                }

                // The deadline runs from when the question went out: a long message may be going out before it.
                question = await SessionQuestion.AskAsync(agent, pending, writer, ids, stop).ConfigureAwait(false);
            }
            finally
            {
                gate.Leave();
            }

            await Task.Delay(options.HeartbeatDeadline, clock, stop).ConfigureAwait(false);
            if (reader.Receptions == before)
            {
                string time = GuestConnectionException.Seconds(quiet + options.HeartbeatDeadline);
                throw GuestConnectionException.Lost(
                    $"The agent has been silent for {time}; it was stopped, or the guest is paused or gone.");
            }

            // Whoever only listens, for telemetry or events, would wait for ever for an agent that does not know of it.
            await question.IsAnsweredAsync(TimeSpan.Zero, clock, stop).ConfigureAwait(false);
        }
    }
}
