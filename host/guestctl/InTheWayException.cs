namespace GuestAgent.Cli;

/// <summary>Something is in the place where something else is to be.</summary>
internal sealed class InTheWayException(string message, Exception? cause = null) : Exception(message, cause);
