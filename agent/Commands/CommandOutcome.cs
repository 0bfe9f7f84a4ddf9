using GuestAgent.Processes;

namespace GuestAgent.Commands;

/// <summary>How a command ended.</summary>
/// <param name="Status">Exit code or signal.</param>
/// <param name="Elapsed">From start to exit.</param>
/// <param name="Ending">Who ended it.</param>
internal sealed record CommandOutcome(ExitStatus Status, TimeSpan Elapsed, Ending Ending);
