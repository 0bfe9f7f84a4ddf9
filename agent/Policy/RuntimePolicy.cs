using System.IO.Enumeration;
using GuestAgent.Contracts.Workload;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides which programs a host may bring along, and how they are run.</summary>
/// <param name="settings">The rules and ceilings in force.</param>
internal sealed class RuntimePolicy(LiveSettings settings)
{
    private const string RulesPath = "policy.runtimes";

    /// <summary>Grants a program, or refuses it and names the rule.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: no rule allows it.
    /// <see cref="ErrorCode.CommandFailed"/>: the runtime's own program does not exist.</exception>
    public WorkloadGrant Authorise(RunWorkloadRequest request)
    {
        AgentSettings now = settings.Current;
        if (!now.Policy.Runtimes.TryGetValue(request.Runtime, out RuntimeRule? rule))
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy has no runtime {request.Runtime}.",
                new ErrorDetail(RulesPath, "params.runtime"));
        }

        IReadOnlyDictionary<string, string> asked = request.Env ?? new Dictionary<string, string>();
        if (asked.Keys.FirstOrDefault(name => !MaySet(rule, name)) is { } refused)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy does not let a program of {request.Runtime} have the variable {refused}.",
                new ErrorDetail($"{RulesPath}.{request.Runtime}.env", "params.env"));
        }

        string file = WorkloadPath.CheckedArgument(request.Entrypoint ?? rule.File, "entrypoint");
        return new WorkloadGrant(
            request.Runtime,
            Grant(rule, request, now.Limits),
            [rule.Command, .. rule.Args.Select(word => word.Replace(RuntimeRule.FilePlaceholder, file, StringComparison.Ordinal))],
            new Dictionary<string, string>([.. rule.SetEnv ?? new Dictionary<string, string>(), .. asked]),
            file,
            rule.Directory,
            rule.MaxFiles,
            rule.MaxUnpackedBytes);
    }

    // What the rule sets is the owner's, not the host's to change.
    private static bool MaySet(RuntimeRule rule, string name) =>
        rule.SetEnv?.ContainsKey(name) != true
        && (rule.Env ?? []).Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    private static CommandGrant Grant(RuntimeRule rule, RunWorkloadRequest request, LimitSettings limits)
    {
        CommandPath path = CommandPath.Resolve(rule.Command) ?? throw new OperationException(
            ErrorCode.CommandFailed,
            $"The runtime {request.Runtime} is not installed: there is no {rule.Command}.",
            new ErrorDetail("exec", "params.runtime", Errno: "ENOENT"));
        double seconds = Math.Min(limits.MaxCommandSeconds, rule.TimeoutSeconds ?? double.MaxValue);
        return new CommandGrant(
            path.Link,
            rule.User,
            null,
            TimeSpan.FromSeconds(Math.Min(seconds, request.TimeoutSeconds)),
            Math.Min(limits.MaxOutputBytes, rule.MaxOutputBytes ?? int.MaxValue));
    }
}
