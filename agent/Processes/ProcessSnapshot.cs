using System.Globalization;

namespace GuestAgent.Processes;

/// <summary>All processes of the guest at about one moment.</summary>
/// <param name="processes">Their rows.</param>
internal sealed class ProcessSnapshot(IReadOnlyList<ProcessStat> processes)
{
    /// <summary>Their rows.</summary>
    public IReadOnlyList<ProcessStat> All { get; } = processes;

    /// <summary>Walks /proc.</summary>
    public static ProcessSnapshot Read()
    {
        List<ProcessStat> processes = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && ProcessStat.TryRead(pid) is { } process)
            {
                processes.Add(process);
            }
        }

        return new ProcessSnapshot(processes);
    }

    /// <summary>The living descendants of a process.</summary>
    public IEnumerable<ProcessStat> DescendantsOf(int pid) => Closure(new HashSet<int> { pid }, static _ => false);

    /// <summary>The living processes that fulfil a condition or descend, from parent to parent, from one that does.</summary>
    /// <param name="roots">Whose descendants count as well; they themselves do not.</param>
    /// <param name="isMember">The condition.</param>
    public IReadOnlyList<ProcessStat> Closure(IReadOnlySet<int> roots, Func<ProcessStat, bool> isMember)
    {
        Dictionary<int, ProcessStat> members = [];
        int before;
        do
        {
            // Children may precede their parents in /proc, when numbers have wrapped around.
            before = members.Count;
            foreach (ProcessStat process in All)
            {
                bool descends = roots.Contains(process.ParentPid) || members.ContainsKey(process.ParentPid);
                if ((descends || isMember(process)) && process.IsAlive && !roots.Contains(process.Pid))
                {
                    members[process.Pid] = process;
                }
            }
        }
        while (members.Count > before);

        return [.. members.Values];
    }
}
