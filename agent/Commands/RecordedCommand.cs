using GuestAgent.Processes;

namespace GuestAgent.Commands;

/// <summary>
/// What is recorded of a running command. From its start until the agent has seen its end, nobody else can have its number,
/// neither as a process nor as a group or session; so whoever had the number at any moment between the two times of the
/// record is of the command.
/// </summary>
/// <param name="Pid">Number of its first process, of its process group and of its session.</param>
/// <param name="NotBefore">A moment before its start, in clock ticks since boot.</param>
/// <param name="SeenAt">A moment at which the agent had not reaped it, likewise.</param>
/// <param name="Cgroup">Its cgroup; empty when it has none.</param>
internal sealed record RecordedCommand(int Pid, long NotBefore, long SeenAt, string Cgroup)
{
    /// <summary>Whether a process is of the command beyond doubt, by its number and the time of its start alone.</summary>
    public bool Proves(ProcessStat process) =>
        HasNumber(process) && process.StartTime >= NotBefore && process.StartTime <= SeenAt;

    /// <summary>Whether a process is of the command, once another one of the same session or group is beyond doubt.</summary>
    public bool HasNumber(ProcessStat process) => process.Pid == Pid || process.SessionId == Pid || process.GroupId == Pid;
}
