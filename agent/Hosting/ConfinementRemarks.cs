using GuestAgent.Execution;
using GuestAgent.Settings;

namespace GuestAgent.Hosting;

/// <summary>What <c>--check</c> says of confinements that a configuration asks for and this guest does not have.</summary>
internal static class ConfinementRemarks
{
    /// <summary>A line for each runtime that it is about.</summary>
    public static IEnumerable<string> Of(AgentSettings settings)
    {
        foreach ((string name, RuntimeRule rule) in settings.Policy.Runtimes)
        {
            ConfinementParts wanted = rule.Confinement == RuntimeRule.Unconfined
                ? ConfinementParts.None
                : ConfinementParts.Usual | (rule.Network == RuntimeRule.NoNetwork ? ConfinementParts.Network : 0);
            ConfinementParts missing = AvailableConfinement.Missing(wanted);
            bool isRefused = (missing & (rule.Confinement == RuntimeRule.Required ? wanted : ConfinementParts.Network)) != 0;
            if (missing != ConfinementParts.None)
            {
                yield return $"$.policy.runtimes.{name}: this guest lacks {ConfinementNames.Of(missing)}: "
                    + (isRefused ? "programs will be refused" : "programs will be confined without");
            }
        }
    }
}
