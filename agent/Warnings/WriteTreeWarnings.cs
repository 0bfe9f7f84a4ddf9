using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Trees to write that hold what runs as root, or what decides that.</summary>
internal static class WriteTreeWarnings
{
    // What root, the kernel, or everybody at login runs or loads.
    private static readonly string[] RunAsRoot =
    [
        "/bin", "/sbin", "/lib", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local/bin",
        "/usr/local/sbin", "/usr/local/lib", "/boot", "/proc", "/sys", "/dev", "/root", "/run/systemd", "/run/udev",
        "/etc/systemd", "/etc/init.d", "/etc/rc.d", "/etc/rc.local", "/etc/inittab", "/etc/init", "/etc/conf.d", "/etc/local.d",
        "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly",
        "/etc/anacrontab", "/var/spool/cron", "/var/spool/at", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow",
        "/etc/sudoers", "/etc/sudoers.d", "/etc/doas.conf", "/etc/pam.d", "/etc/security", "/etc/nsswitch.conf", "/etc/polkit-1",
        "/etc/dbus-1", "/etc/ssh", "/etc/ld.so.preload", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.cache",
        "/etc/profile", "/etc/profile.d", "/etc/bash.bashrc", "/etc/bashrc", "/etc/environment", "/etc/udev", "/etc/modprobe.d",
        "/etc/modules-load.d", "/etc/sysctl.d", "/etc/sysctl.conf", "/etc/tmpfiles.d", "/etc/binfmt.d", "/etc/logrotate.d",
        "/etc/apt", "/etc/yum.repos.d", "/etc/dnf", "/etc/alternatives", "/etc/fstab", "/etc/network", "/etc/NetworkManager",
        "/etc/selinux", "/etc/apparmor.d", "/etc/guest-agent",
    ];

    // Where SELinux enforces, a mere look at them is refused and goes on record.
    private static readonly string[] NotToBeLookedAt = ["/etc/shadow", "/etc/gshadow"];

    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        RuleFile[] files = [.. input.RuleFiles()];
        foreach ((int index, string text) in input.Settings.Policy.WritePaths.Index())
        {
            var tree = new Tree(text);
            string path = $"$.policy.write_paths[{index}]";
            string[] places = tree.IsWithin("/dev/shm")
                ? []
                : Array.FindAll(
                    RunAsRoot,
                    place => tree.IsWithin(place)
                        || (NotToBeLookedAt.Contains(place) ? tree.Holds(place) : tree.HoldsWayTo(place)));
            if (places.Length > 0)
            {
                yield return new ConfigurationWarning(
                    path,
                    $"reaches into {Tree.Some(places)}: what the host writes there runs as root or says what does; name a directory "
                    + "that holds data alone.");
            }

            if (Array.Find(files, file => tree.HoldsWayTo(file.Path)) is { } program)
            {
                yield return new ConfigurationWarning(
                    path,
                    $"holds {program.Path} of {program.NamedBy}{(tree.Holds(program.Path) ? "" : ", or a link on the way to it")}: the host "
                    + "can make another program of it; keep programs out of it, and links to them.");
            }

            if (RuntimeIn(tree, input) is { } runtime)
            {
                yield return new ConfigurationWarning(
                    path,
                    $"reaches into {runtime.Rule.Directory}, where {runtime.Path} gives programs their directories: the host can change "
                    + "what another has brought along; name a directory that holds data alone.");
            }

            foreach ((string what, string place) in ((string, string)[])
                [
                    ("this configuration", input.File),
                    ("drop-ins of this configuration", DropIns.DirectoryOf(input.File)),
                    ("the agent", "/proc/self/exe"),
                    ("its notes", input.Settings.StateDirectory),
                ])
            {
                if (tree.HoldsWayTo(place))
                {
                    yield return new ConfigurationWarning(
                        path, $"holds {what}: the host can write itself any permission; name a directory that holds data alone.");
                    break;
                }
            }
        }

        foreach (ConfigurationWarning warning in OfRuntimes(input))
        {
            yield return warning;
        }
    }

    // Of the directories themselves a program sees its own alone, unless they are reached by another way.
    private static IEnumerable<ConfigurationWarning> OfRuntimes(WarningInput input)
    {
        foreach ((string path, RuntimeRule rule) in input.Runtimes())
        {
            foreach ((int index, string text) in (rule.WritePaths ?? []).Index())
            {
                if (RuntimeIn(new Tree(text), input) is { } runtime)
                {
                    yield return new ConfigurationWarning(
                        $"{path}.write_paths[{index}]",
                        $"reaches into {runtime.Rule.Directory}, where {runtime.Path} gives programs their directories: one program can "
                        + "change another of the same user; name a directory that holds data alone.");
                }
            }
        }
    }

    private static (string Path, RuntimeRule Rule)? RuntimeIn(Tree tree, WarningInput input)
    {
        foreach ((string path, RuntimeRule rule) in input.Runtimes())
        {
            if (tree.Holds(rule.Directory) || tree.IsWithin(rule.Directory))
            {
                return (path, rule);
            }
        }

        return null;
    }
}
