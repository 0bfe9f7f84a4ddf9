using GuestAgent.Contracts.Agent;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Notices within seconds that requests will never be answered, as the agent does not know of them: a snapshot of the guest
/// was restored under a channel that shows nothing of it. Asks when a request has waited for a while, and as long as any
/// waits now and then again. An agent that is merely slow says that it has them all.
/// </summary>
internal sealed class SessionCheck(
    AgentDescription agent,
    PendingCalls pending,
    MessageWriter writer,
    RequestIds ids,
    CallGate gate,
    GuestClientOptions options)
{
    // Longer than what is quick takes on a busy guest; asking costs two short lines.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Calls that take long are asked about again: a snapshot may be restored at any time.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Watches until the agent has lost the thread.</summary>
    /// <exception cref="GuestConnectionException">It has.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeProvider clock = options.TimeProvider;
        long known = 0;
        long asked = clock.GetTimestamp();
        while (true)
        {
            await pending.WhenAnyAsync(stop).ConfigureAwait(false);
            long last = pending.LastNumber;
            await Task.Delay(Patience, clock, stop).ConfigureAwait(false);
            bool isDue = clock.GetElapsedTime(asked) >= Interval;
            if (!pending.IsAnyWaiting(isDue ? 0 : known, last))
            {
                continue;
            }

            SessionQuestion question;
            await gate.EnterAsync(stop).ConfigureAwait(false);
            try
            {
                question = await SessionQuestion.AskAsync(agent, pending, writer, ids, stop).ConfigureAwait(false);
            }
            finally
            {
                gate.Leave();
            }

            // No answer says nothing: the guest may be paused, the channel slow, or the question lost like the rest.
            if (await question.IsAnsweredAsync(Interval, clock, stop).ConfigureAwait(false))
            {
                known = last;
                asked = clock.GetTimestamp();
            }
        }
    }
}
