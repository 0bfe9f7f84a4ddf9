using Microsoft.Extensions.Logging;

namespace GuestAgent.Execution;

/// <summary>Says what programs run without, each part once: it is the guest's, and does not come and go.</summary>
/// <param name="logger">Where to.</param>
internal sealed partial class MissingConfinement(ILogger logger)
{
    private int _told;

    /// <summary>Says what has not been said yet.</summary>
    /// <param name="missing">What is missing.</param>
    /// <param name="reason">What has failed, where that is known.</param>
    public void Tell(ConfinementParts missing, SpawnException? reason = null)
    {
        int before = Interlocked.Or(ref _told, (int)missing);
        if ((missing & ~(ConfinementParts)before) is not ConfinementParts.None and var parts)
        {
            if (reason is null)
            {
                LogMissing(logger, ConfinementNames.Of(parts));
            }
            else
            {
                LogRefused(logger, ConfinementNames.Of(parts), reason.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Programs of hosts are confined without {Parts}: this guest has them not.")]
    private static partial void LogMissing(ILogger logger, string parts);

    [LoggerMessage(LogLevel.Warning, "Programs of hosts are confined without {Parts}: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string parts, string reason);
}
