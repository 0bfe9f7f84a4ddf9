using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Runtimes that run what the host brings along as root.</summary>
internal static class RuntimeWarnings
{
    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        foreach ((string path, RuntimeRule rule) in input.Runtimes())
        {
            if (GuestUsers.IdOf(rule.User) == GuestUsers.Root)
            {
                yield return new ConfigurationWarning(
                    path + (rule.User is null ? "" : ".user"),
                    "runs what the host brings along as root, so that the rest of the policy limits nothing; name a user without "
                    + "rights, such as \"nobody\".");
            }
        }
    }
}
