using System.Globalization;

namespace GuestAgent.Execution;

/// <summary>
/// The cgroup of one command: what it starts cannot leave it by setsid or by losing its parent. A help, never a
/// condition: every failure here is silent, and the command runs without.
/// </summary>
/// <param name="path">Its directory.</param>
/// <param name="cgroups">Who made it and removes it.</param>
internal sealed class CommandCgroup(string path, CommandCgroups cgroups) : ForeignCgroup(path), IDisposable
{
    private const string OomKills = "oom_kill ";

    // In microseconds, the kernel's own default.
    private const int CpuPeriod = 100_000;

    /// <summary>Moves a process by writing its number to a cgroup.procs file; 0 is the caller.</summary>
    public static bool TryMove(string processesFile, int pid) =>
        TryWrite(processesFile, pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets bounds on what its members use together.</summary>
    /// <returns>Those that hold; the others have no controller here.</returns>
    public ConfinementParts TryLimit(in ResourceLimits limits)
    {
        ConfinementParts held = ConfinementParts.None;
        if (limits.MemoryBytes is { } memory && cgroups.TryEnable("memory") && TryWrite(Path + "/memory.max", Text(memory)))
        {
            // Absent where the guest has no swap space.
            _ = TryWrite(Path + "/memory.swap.max", "0");
            held |= ConfinementParts.MemoryLimit;
        }

        if (limits.MaxProcesses is { } processes && cgroups.TryEnable("pids")
            && TryWrite(Path + "/pids.max", Text(processes + ResourceLimits.InitThreads)))
        {
            held |= ConfinementParts.ProcessLimit;
        }

        if (limits.CpuPercent is { } percent && cgroups.TryEnable("cpu")
            && TryWrite(Path + "/cpu.max", $"{Text(percent * (CpuPeriod / 100))} {Text(CpuPeriod)}"))
        {
            held |= ConfinementParts.CpuLimit;
        }

        return held;
    }

    /// <summary>Whether the kernel has killed a member because <c>memory.max</c> was reached.</summary>
    public bool HasOomKill() => MemoryEvents().Any(line =>
        line.StartsWith(OomKills, StringComparison.Ordinal) && line[OomKills.Length..] != "0");

    /// <summary>Removes the directory, now or once its last member has ended.</summary>
    public void Dispose() => cgroups.Remove(this);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private string[] MemoryEvents()
    {
        try
        {
            return File.ReadAllLines(Path + "/memory.events");
        }
        catch (IOException)
        {
            // No such controller: nothing is known.
            return [];
        }
    }
}
