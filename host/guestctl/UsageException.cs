namespace GuestAgent.Cli;

/// <summary>The command line asks for something that cannot be.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
