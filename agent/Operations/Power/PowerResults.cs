using GuestAgent.Contracts.Power;
using GuestAgent.Dispatch;
using GuestAgent.Policy;
using GuestAgent.Power;

namespace GuestAgent.Operations.Power;

/// <summary>What <c>shutdown</c> and <c>reboot</c> have in common.</summary>
internal static class PowerResults
{
    // A host that can say reply_received says it within milliseconds; one that cannot has read its answer by then.
    private static readonly TimeSpan ReceiptPatience = TimeSpan.FromSeconds(1);

    /// <summary>Arranges what was granted, to begin when the host has its answer.</summary>
    public static PowerResult Arrange(PowerSchedule schedule, PowerGrant grant, CallContext context, Origin origin)
    {
        Task answered = context.Receipt?.ReceivedAsync(ReceiptPatience) ?? Task.Delay(ReceiptPatience);
        (DateTime at, string sentence) = schedule.Arrange(grant, answered, origin);
        try
        {
            // Settings that have come into force since it was allowed may have been reviewed before it was arranged.
            origin.Reauthorise();
        }
        catch
        {
            schedule.Cancel();
            throw;
        }

        return new PowerResult(true, sentence, (long)(at - DateTime.UnixEpoch).TotalMilliseconds);
    }
}
