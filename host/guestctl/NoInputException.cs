namespace GuestAgent.Cli;

/// <summary>An input file cannot be read.</summary>
internal sealed class NoInputException(string message, Exception? cause = null) : Exception(message, cause);
