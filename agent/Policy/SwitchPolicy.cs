using GuestAgent.Contracts.Processes;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides what the configuration allows as a whole or not at all.</summary>
/// <param name="settings">The rules in force.</param>
internal sealed class SwitchPolicy(LiveSettings settings)
{
    /// <summary>Allows to list processes.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ProcessListGrant AuthoriseProcessList() =>
        settings.Current.Policy.ListProcesses ? new ProcessListGrant() : throw Refuse("to list processes", "list_processes");

    /// <summary>Allows a signal to a process.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ProcessSignalGrant AuthoriseSignal(ProcessSignalRequest request) => settings.Current.Policy.SignalProcesses
        ? new ProcessSignalGrant(request.Pid, request.Signal)
        : throw Refuse("to signal processes", "signal_processes");

    /// <summary>Allows to set the wall clock.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ClockGrant AuthoriseClock() =>
        settings.Current.Policy.SetTime ? new ClockGrant() : throw Refuse("to set the time", "set_time");

    private static OperationException Refuse(string what, string member) => new(
        ErrorCode.PermissionDenied, $"The policy does not allow {what}.", new ErrorDetail("policy." + member));
}
