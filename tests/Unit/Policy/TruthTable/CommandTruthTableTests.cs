using GuestAgent.Accounts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy.TruthTable;

/// <summary>Every rule with every request on every file system, decided by the policy and, in another way, by the tests.</summary>
public sealed class CommandTruthTableTests
{
    private const int FewestTriples = 300;

    private static readonly string[] Rules =
    [
        "usr/bin/tool", "bin/tool", "abs-bin/tool", "usr/local/bin/tool", "opt/current/tool", "usr/bin/box", "usr/bin/sh",
        "usr/bin/awk", "usr/bin/gone", "usr/bin/round", "usr/bin/out", "usr/bin/through", "usr/bin/magic", "usr/bin/missing",
        "usr/bin/script", "usr/bin/blank-script", "usr/bin/open-script", "usr/bin/nested-script", "usr/bin/linked-script",
        "usr/bin/magic-script", "usr/bin/relative-script", "usr/bin/others-link", "open/tool", "open/script", "open/to-tool",
        "open/tool-link", "open/sub/tool", "open/bin/tool", "to-open/tool", "to-bin-by-open/tool", "sticky/tool",
        "sticky/script", "sticky/bin/tool", "sticky/others-bin/tool", "group/tool", "self/usr/bin/tool", "missing/tool",
    ];

    private static readonly string[] Requests =
    [
        "usr/bin/tool", "bin/tool", "usr/./bin//tool", "usr/local/bin/tool", "opt/app/tool", "opt/current/tool", "usr/bin/box",
        "usr/bin/sh", "bin/sh", "usr/bin/reboot", "usr/bin/awk", "abs-bin/awk", "etc/alternatives/awk", "usr/bin/mawk", "usr/bin/gone",
        "bin/out", "bin/script", "bin/open-script", "bin/missing", "usr/bin/tool/", "usr/bin/../bin/tool", "usr/bin/others-link",
        "open/tool", "open/sub/tool", "open/to-tool", "open/bin/tool", "open/bin/awk", "to-open/tool", "to-bin-by-open/tool",
        "sticky/tool", "sticky/bin/tool", "sticky/others-bin/tool", "group/tool", "self/usr/bin/tool", "missing/tool",
    ];

    private static readonly string[] Names = ["tool", "true", "sh", "awk", "", "..", "no-such-program", "bin/true"];

    private static readonly string[] SystemRules =
        ["/bin/true", "/usr/bin/true", "/usr/bin/sh", "/bin/sh", "/usr/bin/awk", "/usr/local/bin/true", "/usr/bin/no-such-program"];

    [Fact]
    public void The_policy_says_what_a_plain_reading_of_the_rules_says()
    {
        var seen = new Dictionary<Verdict, int>();
        List<string> differences = [];
        foreach (bool openByMode in FileStatus.EffectiveUserId == 0 ? new[] { true, false } : [true])
        {
            using var guest = new SampleGuest(openByMode);
            var plain = new PlainVerdict(guest.IsStrangers);
            foreach ((string rule, string request) in Triples(guest))
            {
                Verdict expected = plain.Of(rule, request);
                Verdict actual = Decide(rule, request);
                seen[expected] = seen.GetValueOrDefault(expected) + 1;
                if (expected != actual)
                {
                    differences.Add($"rule {rule}, request {request}, open by mode {openByMode}: {actual}, not {expected}");
                }
            }
        }

        Assert.Empty(differences);
        Assert.InRange(seen.Values.Sum(), FewestTriples, int.MaxValue);
        Assert.All(Enum.GetValues<Verdict>(), verdict => Assert.InRange(seen.GetValueOrDefault(verdict), 5, int.MaxValue));
    }

    private static IEnumerable<(string Rule, string Request)> Triples(SampleGuest guest)
    {
        string[] requests = [.. Requests.Select(guest.At), .. Names];
        string[] own = [.. Rules.Select(guest.At)];
        foreach (string rule in own)
        {
            foreach (string request in requests.Append(rule))
            {
                yield return (rule, request);
            }
        }

        foreach (string rule in SystemRules)
        {
            foreach (string request in Names.Concat(SystemRules))
            {
                yield return (rule, request);
            }
        }
    }

    private static Verdict Decide(string rule, string request)
    {
        var settings = new LiveSettings(new AgentSettings([], new PolicySettings(new CommandRules([new CommandRule(rule)]))));
        try
        {
            var accounts = new AccountDatabase(null, "/etc/passwd", "/etc/group");
            using CommandGrant grant = new CommandPolicy(settings, accounts).Authorise(new ExecCommandRequest(request));
            Assert.Equal((rule, rule), (grant.Path, grant.Name));
            return grant.Program is null ? Verdict.RunByPath : Verdict.RunHeld;
        }
        catch (OperationException e)
        {
            return (e.Code, e.Detail?.Rule) switch
            {
                (ErrorCode.PermissionDenied, "policy.commands") => Verdict.NotNamed,
                (ErrorCode.PermissionDenied, "policy.commands[0].path") => Verdict.Changeable,
                (ErrorCode.CommandFailed, "exec") => Verdict.Missing,
                (ErrorCode.InvalidParameters, _) => Verdict.Invalid,
                _ => throw new InvalidOperationException($"an unknown verdict: {e.Code} {e.Detail}", e),
            };
        }
    }
}
