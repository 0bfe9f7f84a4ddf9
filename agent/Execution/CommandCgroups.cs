using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;

namespace GuestAgent.Execution;

/// <summary>
/// Makes a cgroup per command below the agent's own, where that is delegated to it (systemd's <c>Delegate=yes</c>) or
/// otherwise writable, and removes them again.
/// </summary>
internal sealed class CommandCgroups
{
    private const string Prefix = "command-";
    private const int Attempts = 64;

    // A command may start in the agent's cgroup between its move and the next look.
    private const int EnableAttempts = 16;
    private const uint DirectoryMode = 0b_111_101_101;

    private readonly string _parent;
    private readonly ConcurrentQueue<CommandCgroup> _leftovers = new();
    private readonly Lock _enabling = new();
    private readonly HashSet<string> _enabled = new(StringComparer.Ordinal);
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
            if (NativeMethods.mkdir(cgroup.Path, DirectoryMode) == 0)
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

    /// <summary>
    /// Has the kernel count and bound something, such as <c>memory</c>, in the cgroups of commands. A cgroup that has members
    /// itself may not pass that on: the agent and all that is beside it first move into one below.
    /// </summary>
    /// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html, "No Internal Process Constraint"</remarks>
    /// <returns>False where the controller is not there or not delegated.</returns>
    public bool TryEnable(string controller)
    {
        lock (_enabling)
        {
            if (_enabled.Contains(controller))
            {
                return true;
            }

            bool done = false;
            for (int attempt = 0; !done && attempt < EnableAttempts && IsDelegated(controller); attempt++)
            {
                if (attempt > 0)
                {
                    MoveOwnDown();
                }

                done = CommandCgroup.TryWrite(_parent + "/cgroup.subtree_control", "+" + controller);
            }

            if (done)
            {
                _enabled.Add(controller);
            }

            return done;
        }
    }

    private bool IsDelegated(string controller)
    {
        try
        {
            return File.ReadAllText(_parent + "/cgroup.controllers").Split([' ', '\n']).Contains(controller);
        }
        catch (IOException)
        {
            // Removed under the agent: nothing is delegated any more.
            return false;
        }
    }

    // Only what is the agent's: in a cgroup that it shares, others are not its to move, and there are no limits then.
    private void MoveOwnDown()
    {
        CommandCgroup below = new(Path.Combine(_parent, "agent"), this);
        _ = NativeMethods.mkdir(below.Path, DirectoryMode);
        HashSet<int> own = [Environment.ProcessId];
        foreach (ProcessStat descendant in ProcessSnapshot.Read().DescendantsOf(Environment.ProcessId))
        {
            own.Add(descendant.Pid);
        }

        foreach (int member in new CommandCgroup(_parent, this).Members())
        {
            _ = own.Contains(member) && CommandCgroup.TryMove(below.ProcessesFile, member);
        }
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
