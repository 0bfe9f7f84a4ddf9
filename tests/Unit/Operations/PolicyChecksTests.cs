using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Operations;
using GuestAgent.Operations.Agent;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Operations;

/// <summary>What a host is told that it may do, beside what becomes of its requests.</summary>
public sealed class PolicyChecksTests
{
    // Parameters that nothing but the policy refuses.
    private static readonly Dictionary<string, string> Requests = new(StringComparer.Ordinal)
    {
        ["exec_command"] = """{"command":"/bin/sh"}""",
        ["run_workload"] = """{"runtime":"sh"}""",
        ["file_read"] = """{"path":"/"}""",
        ["file_hash"] = """{"path":"/"}""",
        ["file_stat"] = """{"path":"/"}""",
        ["file_list"] = """{"path":"/"}""",
        ["file_mkdir"] = """{"path":"/no-such-thing"}""",
        ["file_delete"] = """{"path":"/no-such-thing"}""",
        ["file_move"] = """{"from":"/no-such-thing","to":"/nor-such"}""",
        ["file_chmod"] = """{"path":"/no-such-thing","permissions":"0600"}""",
        ["file_chown"] = """{"path":"/no-such-thing","owner":"0"}""",
        ["file_set_times"] = """{"path":"/no-such-thing","modified_ms":0}""",
        ["file_symlink"] = """{"path":"/no-such-thing","target":"/"}""",
        ["file_write"] = """{"path":"/no-such-thing","content":""}""",
        ["file_upload_open"] = """{"path":"/no-such-thing"}""",
        ["forward_open"] = """{"address":"localhost:1"}""",
        ["forward_listen"] = """{"address":"localhost:1"}""",
        ["process_list"] = "{}",
        ["process_signal"] = """{"pid":2147483647}""",
        ["time_set"] = "{}",
        ["shutdown"] = "{}",
        ["reboot"] = "{}",
        ["shutdown_cancel"] = "{}",
    };

    // These go on with something that was allowed when it began.
    private static readonly string[] Continuations =
    [
        "exec_credit", "exec_signal", "exec_stdin", "file_upload_cancel", "file_upload_commit", "file_upload_list",
        "file_upload_status", "file_upload_write", "forward_accept", "forward_credit", "forward_write",
    ];

    private static readonly Dictionary<string, RuntimeRule> Shell = new() { ["sh"] = new("/bin/sh", "main.sh") };

    public static TheoryData<string, string> Policies => new()
    {
        { "nothing", "" },
        { "commands", "exec_command" },
        { "no rules", "" },
        { "reading", "file_hash file_list file_read file_stat" },
        {
            "writing",
            "file_chmod file_chown file_delete file_mkdir file_move file_set_times file_symlink file_upload_open file_write"
        },
        { "runtimes", "run_workload" },
        { "forward", "forward_listen forward_open" },
        { "power", "reboot shutdown shutdown_cancel" },
        { "list_processes", "process_list" },
        { "signal_processes", "process_signal" },
        { "set_time", "time_set" },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_is_told_as_refused_is_what_a_check_and_so_a_request_is_refused(string policy, string allowed)
    {
        using var operations = new IdleOperations(Policy(policy));
        IReadOnlyList<string> refused = Registration.RefusedBy(operations.Parts);

        Assert.Equal(Requests.Keys.Except(allowed.Split(' ')).Order(StringComparer.Ordinal), refused);
        foreach ((string operation, string parameters) in Requests)
        {
            PolicyVerdict verdict = Check(operations, operation, parameters);
            Assert.Equal(refused.Contains(operation) ? ErrorCode.PermissionDenied : null, verdict.Refusal?.Code);
            Assert.Equal(refused.Contains(operation), verdict.Rule is null);
            Assert.StartsWith("policy.", verdict.Rule ?? verdict.Refusal!.Detail!.Rule, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_operation_that_needs_permission_is_looked_at_here()
    {
        using var operations = new IdleOperations();
        IEnumerable<string> restricted = Registration.Names
            .Where(name => operations.Catalog.Find(name)!.Contract.Access != Access.Observe);
        Assert.Equal(
            restricted.Order(StringComparer.Ordinal), Requests.Keys.Concat(Continuations).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_rule_that_decides_is_named()
    {
        using var operations = new IdleOperations(new PolicySettings(
            new CommandRules([new CommandRule("/bin/sh", ["-n"]), new CommandRule("/bin/sh", ["-c", "*"])]), ["/etc"]));

        Assert.Equal("policy.commands[1]", Check(operations, "exec_command", """{"command":"/bin/sh","args":["-c","x"]}""").Rule);
        Assert.Equal("policy.read_paths", Check(operations, "file_read", """{"path":"/etc/passwd"}""").Rule);
        Failure refusal = Check(operations, "exec_command", """{"command":"/bin/sh","args":["x"]}""").Refusal!;
        Assert.Equal(("policy.commands[1].args", "command"), (refusal.Detail!.Rule, refusal.Detail.Field));
    }

    [Fact]
    public void What_is_wrong_with_the_request_itself_is_told_as_it_would_be()
    {
        using var operations = new IdleOperations(new PolicySettings(ReadPaths: ["/etc"]));
        Assert.Equal(ErrorCode.UnknownOperation, Check(operations, "fly", "{}").Refusal!.Code);
        Assert.Equal("path", Check(operations, "file_read", "{}").Refusal!.Detail!.Field);
        Assert.Equal("fast", Check(operations, "ping", """{"fast":true}""").Refusal!.Detail!.Field);
        Assert.Equal("by_name", Check(operations, "file_read", "[1]").Refusal!.Detail!.Rule);
        Assert.Equal(ErrorCode.NotFound, Check(operations, "file_read", """{"path":"/etc/no-such-thing"}""").Refusal!.Code);
        Assert.Equal(ErrorCode.NotFound, Check(operations, "exec_signal", """{"id":1,"signal":15}""").Refusal!.Code);
        Assert.Null(Check(operations, "policy_check", """{"operation":"file_read"}""").Refusal);
    }

    [Fact]
    public void What_the_listener_does_not_serve_is_refused_as_there()
    {
        using var operations = new IdleOperations(new PolicySettings(ReadPaths: ["/etc"]));
        Failure refusal = Check(operations, "file_read", """{"path":"/etc"}""", new HashSet<string> { "policy_check" }).Refusal!;
        Assert.Equal((ErrorCode.PermissionDenied, "listeners.operations"), (refusal.Code, refusal.Detail!.Rule));
    }

    private static PolicySettings Policy(string name) => name switch
    {
        "nothing" => new PolicySettings(),
        "commands" => new PolicySettings(new CommandRules(null)),
        "no rules" => new PolicySettings(new CommandRules([])),
        "reading" => new PolicySettings(ReadPaths: ["/"]),
        "writing" => new PolicySettings(WritePaths: ["/"]),
        "runtimes" => new PolicySettings(Runtimes: Shell),
        "forward" => new PolicySettings(Forward: new ForwardSettings(["localhost:1"], ["localhost:1"])),
        "power" => new PolicySettings(Power: true),
        "list_processes" => new PolicySettings(ListProcesses: true),
        "signal_processes" => new PolicySettings(SignalProcesses: true),
        "set_time" => new PolicySettings(SetTime: true),
        _ => throw new ArgumentException("no such policy", nameof(name)),
    };

    private static PolicyVerdict Check(
        IdleOperations operations, string operation, string parameters, IReadOnlySet<string>? served = null) =>
        operations.Parts.Checks.Check(
            operation,
            new CheckedArguments(JsonElement.Parse(parameters)),
            new CallContext(new Caller("unix:/test", "-", () => served), null!, CallId.Null, null!));
}
