namespace GuestAgent.Cli.Contexts;

/// <summary>The file of named guests cannot be read or written, or makes no sense; the message names the file and the member.</summary>
internal sealed class ContextException(string message, Exception? cause = null) : Exception(message, cause);
