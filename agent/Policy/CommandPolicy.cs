using GuestAgent.Accounts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Settings;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>Decides which programs may be run, with which arguments, as whom, where and for how long.</summary>
/// <param name="settings">The rules and ceilings in force.</param>
/// <param name="accounts">The guest's users and groups.</param>
internal sealed class CommandPolicy(LiveSettings settings, AccountDatabase accounts)
{
    private const string RulesPath = "policy.commands";
    private const string Field = "command";

    private readonly AccountPolicy _accounts = new(accounts);

    /// <summary>True when some command is allowed.</summary>
    public bool AllowsSome => settings.Current.Policy.Commands.Rules is not { Count: 0 };

    /// <summary>Grants a command, or refuses it and names the rule.</summary>
    /// <param name="request">What is to be run.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>;
    /// <see cref="ErrorCode.CommandFailed"/> when an allowed program or directory does not exist;
    /// <see cref="ErrorCode.NotFound"/> when a user or group does not.</exception>
    public CommandGrant Authorise(ExecCommandRequest request)
    {
        AgentSettings now = settings.Current;
        using var program = RequestedProgram.Of(request.Command);
        using var directory = new RequestedDirectory(request.WorkingDirectory);
        return now.Policy.Commands.Rules is { } list
            ? ByRules(request, program, directory, list, now.Limits)
            : Anything(request, directory, now.Limits);
    }

    private CommandGrant ByRules(
        ExecCommandRequest request,
        RequestedProgram requested,
        RequestedDirectory directory,
        IReadOnlyList<CommandRule> list,
        LimitSettings limits)
    {
        string refusedBy = RulesPath;
        var conditions = new CommandConditions(request, _accounts, directory);
        for (int i = 0; i < list.Count; i++)
        {
            CommandRule rule = list[i];
            if (requested.Match(rule) is not { } program)
            {
                continue;
            }

            string at = $"{RulesPath}[{i}].";
            if (conditions.Mismatch(rule) is { } condition)
            {
                refusedBy = at + condition;
                continue;
            }

            if (requested.IsMissing)
            {
                throw Missing(request.Command, Errno.ENOENT);
            }

            string? user = rule.User == CommandRule.AnyUser ? request.User : rule.User;
            SafeFileHandle? held = program.Hold(at + "path", Field, user, _accounts);
            return Grant(rule.Path, held, directory, request, rule, $"{RulesPath}[{i}]", limits);
        }

        throw new OperationException(
            ErrorCode.PermissionDenied,
            $"The policy does not allow {request.Command}{(refusedBy == RulesPath ? "" : " like this")}.",
            new ErrorDetail(refusedBy, Field));
    }

    // Nothing is compared that could be exchanged afterwards: the request's own path is run, by the request's own name.
    private static CommandGrant Anything(ExecCommandRequest request, RequestedDirectory directory, LimitSettings limits)
    {
        string command = request.Command;
        string path = command;
        int errno = Errno.ENOENT;
        if (command.Contains('/', StringComparison.Ordinal))
        {
            using Place place = PathWalk.Find(PathParameter.Parse(command, Field), LinkRule.FollowAll);
            errno = place.Errno;
        }
        else
        {
            foreach ((string text, AbsolutePath candidate) in SearchPath.PathsOf(command))
            {
                using Place place = PathWalk.Find(candidate, LinkRule.FollowAll);
                if (place.Target is { } target && FileStatus.Of(target).IsProgram)
                {
                    (path, errno) = (text, 0);
                    break;
                }
            }
        }

        return errno == 0
            ? Grant(path, null, directory, request, null, RulesPath, limits) with { Name = command }
            : throw Missing(command, errno);
    }

    private static OperationException Missing(string command, int errno) => new(
        ErrorCode.CommandFailed,
        $"There is no program {command}.",
        new ErrorDetail("exec", Field, Errno: Errno.Name(errno)));

    private static CommandGrant Grant(
        string path,
        SafeFileHandle? program,
        RequestedDirectory directory,
        ExecCommandRequest request,
        CommandRule? rule,
        string rulePath,
        LimitSettings limits)
    {
        try
        {
            TimeLimit time = TimeCeiling.Of(rule?.TimeoutSeconds, rulePath, limits).Grant(request.TimeoutSeconds, request.Stream);
            int output = Math.Min(limits.MaxOutputBytes, rule?.MaxOutputBytes ?? int.MaxValue);
            // A rule's user is named as the rule does; the request's name for it has been found to mean the same.
            bool isFree = rule is null or { User: CommandRule.AnyUser };
            return new CommandGrant(
                path,
                program,
                directory.Take(),
                isFree ? request.User : rule!.User,
                isFree ? request.Group : null,
                time,
                Math.Min(output, request.MaxOutputBytes ?? int.MaxValue),
                rulePath,
                rule?.NewPrivileges ?? false);
        }
        catch
        {
            program?.Dispose();
            throw;
        }
    }
}
