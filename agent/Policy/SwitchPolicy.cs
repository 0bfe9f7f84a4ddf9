using GuestAgent.Contracts.Processes;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides what the configuration allows as a whole or not at all.</summary>
/// <param name="settings">The rules in force.</param>
internal sealed class SwitchPolicy(LiveSettings settings)
{
    /// <summary>What allows to list processes.</summary>
    public const string ListRule = "policy.list_processes";

    /// <summary>What allows to signal them.</summary>
    public const string SignalRule = "policy.signal_processes";

    /// <summary>What allows to set the clock.</summary>
    public const string ClockRule = "policy.set_time";

    /// <summary>True when processes may be listed.</summary>
    public bool AllowsProcessList => settings.Current.Policy.ListProcesses;

    /// <summary>True when processes may be signalled.</summary>
    public bool AllowsSignals => settings.Current.Policy.SignalProcesses;

    /// <summary>True when the clock may be set.</summary>
    public bool AllowsClock => settings.Current.Policy.SetTime;

    /// <summary>Allows to list processes.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ProcessListGrant AuthoriseProcessList() =>
        AllowsProcessList ? new ProcessListGrant() : throw Refuse("to list processes", ListRule);

    /// <summary>Allows a signal to a process.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ProcessSignalGrant AuthoriseSignal(ProcessSignalRequest request) => AllowsSignals
        ? new ProcessSignalGrant(request.Pid, request.Signal)
        : throw Refuse("to signal processes", SignalRule);

    /// <summary>Allows to set the wall clock.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public ClockGrant AuthoriseClock() =>
        AllowsClock ? new ClockGrant() : throw Refuse("to set the time", ClockRule);

    private static OperationException Refuse(string what, string rule) => new(
        ErrorCode.PermissionDenied, $"The policy does not allow {what}.", new ErrorDetail(rule));
}
