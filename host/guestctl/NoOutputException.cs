namespace GuestAgent.Cli;

/// <summary>A file of this host cannot be written.</summary>
internal sealed class NoOutputException(string message, Exception? cause = null) : Exception(message, cause);
