using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Contracts.Workload;
using GuestAgent.Errors;
using GuestAgent.Paths;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides which programs a host may bring along, and how they are run.</summary>
/// <param name="settings">The rules and ceilings in force.</param>
/// <param name="accounts">The guest's users.</param>
internal sealed class RuntimePolicy(LiveSettings settings, AccountDatabase accounts)
{
    private const string RulesPath = "policy.runtimes";

    // As many as anybody would complete.
    private const int MostNames = 256;

    private readonly AccountPolicy _accounts = new(accounts);

    /// <summary>True when there is some runtime.</summary>
    public bool AllowsSome => settings.Current.Policy.Runtimes.Count > 0;

    /// <summary>Grants a program, or refuses it and names the rule.</summary>
    /// <param name="request">The program.</param>
    /// <param name="shortensTimeLimit">Whether one above the ceiling is shortened to it.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: no rule allows it.
    /// <see cref="ErrorCode.CommandFailed"/>: the runtime's own program does not exist.</exception>
    public WorkloadGrant Authorise(RunWorkloadRequest request, bool shortensTimeLimit = false)
    {
        AgentSettings now = settings.Current;
        if (!now.Policy.Runtimes.TryGetValue(request.Runtime, out RuntimeRule? rule))
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy has no runtime {request.Runtime}.",
                new ErrorDetail(RulesPath, "runtime", Known: Names(now.Policy.Runtimes)));
        }

        IReadOnlyDictionary<string, string> asked = request.Env ?? new Dictionary<string, string>();
        if (asked.Keys.FirstOrDefault(name => !MaySet(rule, name)) is { } refused)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy does not let a program of {request.Runtime} have the variable {refused}.",
                new ErrorDetail($"{RulesPath}.{request.Runtime}.env", "env"));
        }

        string file = WorkloadPath.CheckedArgument(request.Entrypoint ?? rule.File, "entrypoint");
        return new WorkloadGrant(
            request.Runtime,
            Grant(rule, request, shortensTimeLimit, now.Limits),
            [rule.Command, .. rule.Args.Select(word => word.Replace(RuntimeRule.FilePlaceholder, file, StringComparison.Ordinal))],
            new Dictionary<string, string>([.. rule.SetEnv ?? new Dictionary<string, string>(), .. asked]),
            file,
            rule.Directory,
            rule.MaxFiles,
            rule.MaxUnpackedBytes,
            Confine(rule, now.Policy));
    }

    private static string[] Names(IReadOnlyDictionary<string, RuntimeRule> runtimes) =>
        [.. runtimes.Keys.Order(StringComparer.Ordinal).Take(MostNames)];

    private static ConfinementGrant? Confine(RuntimeRule rule, PolicySettings policy) => rule.Confinement == RuntimeRule.Unconfined
        ? null
        : new ConfinementGrant(
            rule.Confinement == RuntimeRule.Required,
            rule.Network == RuntimeRule.Shared,
            rule.WritePaths ?? [],
            [.. policy.Runtimes.Values.Select(other => other.Directory).Distinct().Where(directory => !IsNeeded(directory, rule))],
            rule.MemoryBytes,
            rule.MaxProcesses,
            rule.CpuPercent);

    // What the rule lets its programs change they see, also where programs of another rule have their directories.
    private static bool IsNeeded(string directory, RuntimeRule rule) =>
        rule.WritePaths?.Any(path => KernelPath.IsWithin(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(directory))) == true;

    // What the rule sets is the owner's, not the host's to change.
    private static bool MaySet(RuntimeRule rule, string name) =>
        rule.SetEnv?.ContainsKey(name) != true
        && CommandConditions.MatchesAny(rule.Env ?? [], name);

    private CommandGrant Grant(RuntimeRule rule, RunWorkloadRequest request, bool shortensTimeLimit, LimitSettings limits)
    {
        string at = $"{RulesPath}.{request.Runtime}.command";
        using RuleProgram? program = RuleProgram.Find(rule.Command);
        if (program is null)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The runtime {request.Runtime} has no program that a path could lead to.",
                new ErrorDetail(at, "runtime"));
        }

        string rulePath = $"{RulesPath}.{request.Runtime}";
        TimeLimit time = TimeCeiling.Of(rule.TimeoutSeconds, rulePath, limits)
            .Grant(request.TimeoutSeconds, request.Stream, shortensTimeLimit);
        return new CommandGrant(
            rule.Command,
            program.Hold(at, "runtime", rule.User, _accounts),
            null,
            rule.User,
            null,
            time,
            Math.Min(limits.MaxOutputBytes, rule.MaxOutputBytes ?? int.MaxValue),
            rulePath,
            rule.NewPrivileges);
    }
}
