namespace GuestAgent.Warnings;

/// <summary>Trees to read that hold secrets of the guest.</summary>
internal static class ReadTreeWarnings
{
    private static readonly string[] Secrets =
    [
        "/etc/shadow", "/etc/gshadow", "/etc/ssh", "/etc/ssl/private", "/etc/sudoers", "/root", "/proc", "/dev", "/run/secrets",
        "/run/credentials", "/var/lib/private", "/var/spool/cron", "/var/lib/sss", "/var/lib/systemd/credential.secret",
    ];

    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        foreach ((int index, string tree) in input.Settings.Policy.ReadPaths.Index())
        {
            string[] held = Array.FindAll(Secrets, new Tree(tree).Holds);
            if (held.Length > 0)
            {
                yield return new ConfigurationWarning(
                    $"$.policy.read_paths[{index}]",
                    $"holds {Tree.Some(held)}: passwords, keys and what processes keep to themselves; name the files and directories "
                    + "that are meant.");
            }
        }
    }
}
