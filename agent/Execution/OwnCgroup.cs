namespace GuestAgent.Execution;

/// <summary>Finds the directory of the cgroup v2 that this process is in.</summary>
internal static class OwnCgroup
{
    private const string UnifiedHierarchy = "0::";

    /// <summary>Null without cgroup v2 or without its mount.</summary>
    public static string? TryFind()
    {
        try
        {
            return Find(File.ReadLines("/proc/self/cgroup"), File.ReadLines("/proc/self/mountinfo"));
        }
        catch (IOException)
        {
            // No /proc: no cgroups for us.
            return null;
        }
    }

    /// <summary>https://man7.org/linux/man-pages/man7/cgroups.7.html, https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html</summary>
    public static string? Find(IEnumerable<string> cgroups, IEnumerable<string> mounts)
    {
        string? path = cgroups.FirstOrDefault(line => line.StartsWith(UnifiedHierarchy, StringComparison.Ordinal));
        string? mount = mounts.FirstOrDefault(line => line.Contains(" - cgroup2 ", StringComparison.Ordinal));
        if (path is null || mount?.Split(' ') is not [_, _, _, var top, ['/', ..] and var point, _, ..])
        {
            return null;
        }

        path = path[UnifiedHierarchy.Length..];
        string root = top.TrimEnd('/');
        return path == root || path.StartsWith(root + '/', StringComparison.Ordinal)
            ? (point + path[root.Length..]).TrimEnd('/')
            : null;
    }
}
