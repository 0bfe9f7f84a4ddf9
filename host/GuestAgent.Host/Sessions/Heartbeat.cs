using GuestAgent.Contracts.Agent;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Notices an agent that is gone: a virtio port shows no end when its agent dies. Asks for a sign of life when nothing
/// has come for a while, and takes any byte for one.
/// </summary>
internal sealed class Heartbeat(
    MessageReader reader, MessageWriter writer, RequestIds ids, GuestClientOptions options)
{
    // Timers count whole milliseconds; rounding up keeps the loop from turning within the last one.
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    /// <summary>Watches until the agent is silent.</summary>
    /// <exception cref="GuestConnectionException">The agent is silent.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        if (options.HeartbeatInterval == Timeout.InfiniteTimeSpan)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
        }

        TimeProvider clock = options.TimeProvider;
        while (true)
        {
            TimeSpan quiet = clock.GetElapsedTime(reader.LastReceived);
            if (quiet < options.HeartbeatInterval)
            {
                await Task.Delay(options.HeartbeatInterval - quiet + TimerStep, clock, stop).ConfigureAwait(false);
                continue;
            }

            long before = reader.Receptions;

            // The deadline runs from when the question went out: a long message may be going out before it.
            await writer.WriteThroughAsync(Question(), stop).ConfigureAwait(false);
            await Task.Delay(options.HeartbeatDeadline, clock, stop).ConfigureAwait(false);
            if (reader.Receptions == before)
            {
                string time = GuestConnectionException.Seconds(quiet + options.HeartbeatDeadline);
                throw GuestConnectionException.Lost(
                    $"The agent has been silent for {time}; it was stopped, or the guest is paused or gone.");
            }
        }
    }

    // Its answer is not waited for by its id: any byte will do.
    private Line Question() =>
        Line.Call(ids.Next(), Ping.Contract.Name, new PingRequest(), Ping.Contract.Request);
}
