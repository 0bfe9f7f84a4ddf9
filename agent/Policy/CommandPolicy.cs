using System.IO.Enumeration;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides which programs may be run, with which arguments, as whom and for how long.</summary>
/// <param name="settings">The rules and ceilings in force.</param>
internal sealed class CommandPolicy(LiveSettings settings)
{
    private const string RulesPath = "policy.commands";

    /// <summary>Grants a command, or refuses it and names the rule.</summary>
    /// <param name="request">What is to be run.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>;
    /// <see cref="ErrorCode.CommandFailed"/> when an allowed program does not exist.</exception>
    public CommandGrant Authorise(ExecCommandRequest request)
    {
        string command = request.Command;
        if (command.Length == 0 || command.Contains('\0', StringComparison.Ordinal))
        {
            throw OperationException.InvalidParameter("command", "A command is a path or a name.");
        }

        if (command.Contains('/', StringComparison.Ordinal) && command[0] != '/')
        {
            throw OperationException.InvalidParameter(
                "command", "A command is an absolute path, or a name without a slash.", "absolute_path");
        }

        AgentSettings now = settings.Current;
        CommandPath? path = CommandPath.Find(command);
        return now.Policy.Commands.Rules is { } list
            ? ByRules(request, path, list, now.Limits)
            : Grant(Existing(path, command), request, null, now.Limits);
    }

    private static CommandGrant ByRules(
        ExecCommandRequest request, CommandPath? path, IReadOnlyList<CommandRule> list, LimitSettings limits)
    {
        string refusedBy = RulesPath;
        for (int i = 0; i < list.Count; i++)
        {
            CommandRule rule = list[i];
            if (!IsNamed(path, request.Command, rule))
            {
                continue;
            }

            if (Mismatch(rule, request) is not { } condition)
            {
                return Grant(Existing(path, request.Command), request, rule, limits);
            }

            refusedBy = $"{RulesPath}[{i}].{condition}";
        }

        throw new OperationException(
            ErrorCode.PermissionDenied,
            $"The policy does not allow {request.Command}{(refusedBy == RulesPath ? "" : " like this")}.",
            new ErrorDetail(refusedBy, "params.command"));
    }

    private static bool IsNamed(CommandPath? path, string command, CommandRule rule)
    {
        if (path is not { } found)
        {
            // So that a program that is allowed and missing is reported as missing.
            return rule.Path == command || rule.Path.EndsWith("/" + command, StringComparison.Ordinal);
        }

        return CommandPath.Resolve(rule.Path) is { } named && found.IsNamedBy(named);
    }

    /// <summary>The condition of <paramref name="rule"/> that does not hold; null when all hold.</summary>
    private static string? Mismatch(CommandRule rule, ExecCommandRequest request) =>
        rule.Args is { } patterns && !ArgumentsMatch(patterns, request.Args ?? []) ? "args"
        : request.Env is { } env && !env.Keys.All(name => AnyMatches(rule.Env ?? [], name)) ? "env"
        : !UserMatches(rule.User, request) ? "user"
        : null;

    private static bool ArgumentsMatch(IReadOnlyList<string> patterns, IReadOnlyList<string> arguments)
    {
        bool more = patterns.Count > 0 && patterns[^1] == CommandRule.MoreArguments;
        int count = more ? patterns.Count - 1 : patterns.Count;
        if (arguments.Count < count || (!more && arguments.Count > count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!Matches(patterns[i], arguments[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool UserMatches(string? allowed, ExecCommandRequest request) => allowed switch
    {
        CommandRule.AnyUser => true,
        null => request.User is null && request.Group is null,
        _ => (request.User is null || request.User == allowed) && request.Group is null,
    };

    private static bool AnyMatches(IReadOnlyList<string> patterns, string text) =>
        patterns.Any(pattern => Matches(pattern, text));

    private static bool Matches(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);

    private static CommandPath Existing(CommandPath? path, string command) => path ?? throw new OperationException(
        ErrorCode.CommandFailed,
        $"There is no program {command}.",
        new ErrorDetail("exec", "params.command", Errno: "ENOENT"));

    private static CommandGrant Grant(
        CommandPath path, ExecCommandRequest request, CommandRule? rule, LimitSettings limits)
    {
        double seconds = Math.Min(limits.MaxCommandSeconds, rule?.TimeoutSeconds ?? double.MaxValue);
        int output = Math.Min(limits.MaxOutputBytes, rule?.MaxOutputBytes ?? int.MaxValue);
        string? user = rule?.User is { } fixedUser and not CommandRule.AnyUser ? fixedUser : request.User;
        return new CommandGrant(
            path.Link,
            user,
            request.Group,
            TimeSpan.FromSeconds(Math.Min(seconds, request.TimeoutSeconds)),
            Math.Min(output, request.MaxOutputBytes ?? int.MaxValue));
    }
}
