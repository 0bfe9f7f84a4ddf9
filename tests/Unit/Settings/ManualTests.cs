using System.Text.Json;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

/// <summary>guest-agent.json(5) names every member of the configuration.</summary>
public sealed class ManualTests
{
    private static readonly string Manual =
        File.ReadAllText(Path.Combine(Repository.Root, "packaging", "man", "guest-agent.json.5"));

    [Fact]
    public void Every_member_is_described()
    {
        IEnumerable<string> listeners = typeof(ListenerSettings).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ListenerSettings)))
            .SelectMany(type => Members(type, "listeners[]."));
        string[] members =
        [
            .. Members(typeof(AgentSettings), "").Except(["policy", "limits"]),
            .. listeners.Distinct(),
            .. Members(typeof(PolicySettings), "policy."),
            .. Members(typeof(CommandRule), "policy.commands[]."),
            .. Members(typeof(RuntimeRule), "policy.runtimes[]."),
            .. Members(typeof(LimitSettings), "limits."),
        ];

        Assert.All(members, member => Assert.Contains($"\n.It Va {member}\n", Manual, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Members(Type settings, string prefix) =>
        settings.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!.GetParameters()
            .Select(parameter => prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!));
}
