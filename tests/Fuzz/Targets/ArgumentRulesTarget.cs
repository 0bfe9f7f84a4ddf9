using System.Text.Json;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>
/// Rules for arguments and variables, and a request: <c>[[pattern, …], [argument, …], [variable pattern, …], [variable, …]]</c>. The
/// verdict is that of a second implementation.
/// </summary>
internal sealed class ArgumentRulesTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "argument-rules";

    private const string Program = "/bin/true";

    /// <inheritdoc/>
    public override int MaxBytes => 2048;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["*", "?", "\\\\", "\\\\*", "\\\\?", "\\\\\\\\", "...", "a", "A*", "**", "*a*", "?*", "[a]", "é", "😀"];

    /// <inheritdoc/>
    /// <remarks>A matcher with a state for each character of both may keep some.</remarks>
    public override MemoryBound Memory => new(1024, 64 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        if (Read(input) is not [var patterns, var arguments, var names, var variables] || variables.Contains(""))
        {
            return;
        }

        var settings = new AgentSettings([], new PolicySettings(new CommandRules([new CommandRule(Program, patterns, names)])));
        var policy = new CommandPolicy(new LiveSettings(settings), new AccountDatabase(null, "/etc/passwd", "/etc/group"));
        Dictionary<string, string> env = variables.Distinct().ToDictionary(name => name, _ => "");
        bool isAllowed;
        try
        {
            _ = policy.Authorise(new ExecCommandRequest(Program, arguments, Env: env));
            isAllowed = true;
        }
        catch (OperationException e)
        {
            // What is no name of a variable is refused whatever the rule says.
            isAllowed = e.Code == ErrorCode.InvalidParameters ? Expect(patterns, arguments, names, env.Keys) : false;
        }

        PropertyException.Require(
            isAllowed == Expect(patterns, arguments, names, env.Keys), "a rule allows what it says", $"{isAllowed}");
    }

    private static bool Expect(
        IReadOnlyList<string> patterns, IReadOnlyList<string> arguments, IReadOnlyList<string> names, IEnumerable<string> variables) =>
        PatternModel.AllMatch(patterns, arguments) && variables.All(variable => names.Any(name => PatternModel.Matches(name, variable)));

    private static List<List<string>>? Read(byte[] input)
    {
        try
        {
            return JsonSerializer.Deserialize<List<List<string>>>(input) is { } lists
                && lists.All(list => list?.All(text => text is not null) ?? false)
                ? lists
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
