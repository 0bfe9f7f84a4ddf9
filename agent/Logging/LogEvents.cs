namespace GuestAgent.Logging;

/// <summary>Numbers of the log events that the writer tells apart from all others.</summary>
internal static class LogEvents
{
    /// <summary>A request that was not granted: what a hostile host makes as many of as it likes.</summary>
    public const int Refusal = 1;
}
