namespace GuestAgent.Execution;

/// <summary>Parts of a confinement in words.</summary>
internal static class ConfinementNames
{
    private static readonly (ConfinementParts Part, string Name)[] All =
    [
        (ConfinementParts.Processes, "PID namespaces"),
        (ConfinementParts.Mounts, "mount namespaces"),
        (ConfinementParts.Ipc, "IPC namespaces"),
        (ConfinementParts.Network, "network namespaces"),
        (ConfinementParts.Landlock, "Landlock (Linux 5.19)"),
        (ConfinementParts.MemoryLimit, "a cgroup that bounds memory"),
        (ConfinementParts.ProcessLimit, "a cgroup that bounds processes"),
        (ConfinementParts.CpuLimit, "a cgroup that bounds processor time"),
    ];

    /// <summary>For a sentence: <c>PID namespaces, Landlock (Linux 5.19)</c>.</summary>
    public static string Of(ConfinementParts parts)
    {
        List<string> names = [];
        foreach ((ConfinementParts part, string name) in All)
        {
            if (parts.HasFlag(part))
            {
                names.Add(name);
            }
        }

        return string.Join(", ", names);
    }
}
