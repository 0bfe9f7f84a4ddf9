using GuestAgent.Dispatch;
using GuestAgent.Execution;

namespace GuestAgent.Commands;

/// <summary>A command from the moment that it has a place: what later requests of its host can act on.</summary>
/// <param name="windowBytes">The host's window for its output; null for none.</param>
/// <param name="hasInput">Whether its standard input is a pipe.</param>
internal sealed class RunningCommand(long? windowBytes, bool hasInput) : IGrant
{
    private volatile ChildProcess? _child;

    /// <inheritdoc/>
    public string Subject => _child is { } child ? $"pid {child.Pid}" : "starting";

    /// <inheritdoc/>
    public string? Rule => null;

    /// <summary>Output that may be sent; null when the host has set no window.</summary>
    public OutputWindow? Window { get; } = windowBytes is { } bytes ? new OutputWindow(bytes) : null;

    /// <summary>What waits for the command's standard input.</summary>
    public InputQueue Input { get; } = new(hasInput);

    /// <summary>Notes that the command runs.</summary>
    public void Started(ChildProcess child) => _child = child;

    /// <summary>Sends a signal.</summary>
    /// <returns>False when the command has not started yet, or has ended.</returns>
    public bool Signal(int signal, bool group) => _child is { } child && child.SignalProgram(signal, group);
}
