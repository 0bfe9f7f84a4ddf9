using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux;

namespace GuestAgent.Processes;

/// <summary>
/// Makes a cgroup per command below the agent's own, where that is delegated to it (systemd's <c>Delegate=yes</c>) or
/// otherwise writable, and removes them again.
/// </summary>
internal sealed class CommandCgroups
{
    private const string Prefix = "command-";
    private const int Attempts = 64;
    private const uint DirectoryMode = 0b_111_101_101;

    private readonly string _parent;
    private readonly ConcurrentQueue<CommandCgroup> _leftovers = new();
    private int _last;

    private CommandCgroups(string parent)
    {
        _parent = parent;
    }

    /// <summary>Null where this process is in no cgroup v2 or may not make one below it.</summary>
    public static CommandCgroups? TryOpen()
    {
        string? own = OwnCgroup.TryFind();
        if (own is null)
        {
            return null;
        }

        CommandCgroups cgroups = new(own);
        using CommandCgroup? probe = cgroups.TryCreate();
        if (probe is null)
        {
            return null;
        }

        cgroups.RemoveRemains();
        return cgroups;
    }

    /// <summary>A new, empty cgroup; null when the kernel has no more.</summary>
    public CommandCgroup? TryCreate()
    {
        RemoveLeftovers();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // A name may be taken by a command that has outlived a former agent of the same number.
            string name = string.Create(
                CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _last)}");
            CommandCgroup cgroup = new(Path.Combine(_parent, name), this);
            if (LibC.mkdir(cgroup.Path, DirectoryMode) == 0)
            {
                return cgroup;
            }

            if (Marshal.GetLastPInvokeError() != Errno.EEXIST)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Removes a cgroup now or, while something lives in it, at a later command's start.</summary>
    public void Remove(CommandCgroup cgroup)
    {
        if (!cgroup.TryRemove())
        {
            _leftovers.Enqueue(cgroup);
        }
    }

    private void RemoveLeftovers()
    {
        // Two looks per command: more than commands can leave behind, and no more than a few microseconds.
        for (int i = 0; i < 2 && _leftovers.TryDequeue(out CommandCgroup? cgroup); i++)
        {
            Remove(cgroup);
        }
    }

    /// <summary>Takes the empty ones of agents that are gone away; the names tell whose they are.</summary>
    private void RemoveRemains()
    {
        foreach (string directory in Directory.EnumerateDirectories(_parent, Prefix + "*"))
        {
            string agent = Path.GetFileName(directory)[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists("/proc/" + agent))
            {
                _ = new CommandCgroup(directory, this).TryRemove();
            }
        }
    }
}
