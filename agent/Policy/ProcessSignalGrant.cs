using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to send one signal to one process. Made by <see cref="SwitchPolicy"/> alone.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Signal">The signal.</param>
internal sealed record ProcessSignalGrant(int Pid, int Signal) : IGrant
{
    /// <inheritdoc/>
    public string Subject => $"signal {Signal} to process {Pid}";

    /// <inheritdoc/>
    public string? Rule => SwitchPolicy.SignalRule;
}
