using GuestAgent.Processes;

namespace GuestAgent.Commands;

/// <summary>How a command ended.</summary>
/// <param name="Status">Exit code or signal.</param>
/// <param name="Elapsed">From start to exit.</param>
/// <param name="Ending">Who ended it.</param>
internal sealed record CommandOutcome(ExitStatus Status, TimeSpan Elapsed, Ending Ending);

/// <summary>Who ended a command.</summary>
internal enum Ending
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>Its time limit.</summary>
    TimedOut,

    /// <summary>Its host: by a cancel message, or by going away.</summary>
    Cancelled,
}
