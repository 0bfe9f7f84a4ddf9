using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>The other verbs of <c>guestctl</c>, and its command line.</summary>
public sealed class VerbTests
{
    private const int Usage = 64;

    [Theory]
    [InlineData("fly")]
    [InlineData("help", "fly")]
    [InlineData("--fly", "ping")]
    [InlineData("ping", "--fly")]
    [InlineData("cp", "--fly", "a", ":/b")]
    [InlineData("shutdown", "tomorrow")]
    [InlineData("shutdown", "--in", "5", "now")]
    [InlineData("ip", "x")]
    [InlineData("exec", "-u", "a:b", "--group", "c", "true")]
    [InlineData("exec")]
    [InlineData("exec", "--timeout", "0", "--", "true")]
    [InlineData("exec", "--timeout", "soon", "--", "true")]
    [InlineData("exec", "--env", "=A", "--", "true")]
    [InlineData("ping", "--count", "0")]
    [InlineData("ping", "more")]
    [InlineData("--wait", "-1", "ping")]
    [InlineData("call")]
    [InlineData("call", "ping", "{")]
    [InlineData("call", "ping", "[]")]
    [InlineData("call", "fly")]
    [InlineData("call", "ping", "{\"fast\":true}")]
    [InlineData("completion", "cmd")]
    [InlineData("-g", "tcp://localhost", "ping")]
    public async Task Wrong_usage_is_told_in_one_line(params string[] arguments)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, arguments);
        Assert.Equal((Usage, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("guestctl: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_guest_must_be_named()
    {
        ProgramRun run = await Guestctl.RunAsync(null, "ping");
        Assert.Equal((Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains("GUESTCTL_ENDPOINT", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_tells_how_long_it_took()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun run = await Guestctl.RunAsync(null, "-g", $"unix://{agent.SocketPath}", "ping");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^answer in [0-9]+\.[0-9]{3} ms, guest time [0-9-]+T[0-9:]+Z\n$", run.Output);

        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "ping", "--json");
        JsonObject report = JsonNode.Parse(json.Output)!.AsObject();
        Assert.InRange(report["round_trip_seconds"]!.GetValue<double>(), 0, TestTimeouts.Answer.TotalSeconds);
        Assert.InRange(report.Number("guest_time"), 1_600_000_000, long.MaxValue);
    }

    [Fact]
    public async Task Info_tells_who_the_agent_is()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "info");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"\ncan         attached_content cancel .*exec_command .*ping .*\n", run.Output);
        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "info", "--json");
        Assert.Equal("linux", JsonNode.Parse(json.Output)!.AsObject().Text("platform"));
        Assert.Equal(1, json.Output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Info_tells_which_listeners_of_the_agent_cannot_serve_and_why()
    {
        var missing = new JsonObject
        {
            ["transport"] = "virtio-serial",
            ["port"] = "org.example.missing",
            ["dialect"] = "jsonrpc",
        };
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig { MoreListeners = [missing] });
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "info");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("\nwaiting     virtio-serial:org.example.missing is not there\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_prints_the_result_of_any_operation()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun people = await Guestctl.RunAsync(agent.SocketPath, "call", "ping");
        Assert.Equal((0, ""), (people.ExitCode, people.Error));
        Assert.StartsWith("{\n  \"pong\": true,\n", people.Output, StringComparison.Ordinal);

        byte[] parameters = """{"command":"/bin/echo","args":["grüß"]}"""u8.ToArray();
        ProgramRun programs = await Guestctl.RunWithInputAsync(
            parameters, agent.SocketPath, "--json", "call", "exec_command", "-");
        Assert.Equal(0, programs.ExitCode);
        Assert.Equal(6 + 1, JsonNode.Parse(programs.Output)!.AsObject().Number("stdout_bytes"));
    }

    [Fact]
    public async Task Check_tells_what_the_policy_says_and_by_which_rule()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules("""{"path":"/bin/true"}"""));
        ProgramRun allowed = await Guestctl.RunAsync(agent.SocketPath, "check", "exec_command", """{"command":"/bin/true"}""");
        Assert.Equal((0, "allowed by policy.commands[0]\n", ""), (allowed.ExitCode, allowed.Output, allowed.Error));

        ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, "check", "file_read", """{"path":"/etc/passwd"}""");
        Assert.Equal(77, refused.ExitCode);
        Assert.Equal("refused: The policy does not allow reading /etc/passwd. [policy.read_paths]\n", refused.Output);

        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "--json", "check", "fly");
        JsonObject refusal = JsonNode.Parse(json.Output)!["refusal"]!.AsObject();
        Assert.Equal((64, -32601), (json.ExitCode, refusal.Number("code")));
    }

    [Fact]
    public async Task Json_holds_what_went_wrong()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun run = await Guestctl.RunAsync(
            agent.SocketPath, "--json", "call", "exec_command", """{"command":"/bin/true"}""");
        JsonObject error = JsonNode.Parse(run.Output)!["error"]!.AsObject();
        Assert.Equal((77, "permission_denied"), (run.ExitCode, error.Text("kind")));
        Assert.Equal((77, "policy.commands"), (error.Number("exit_code"), error["detail"]!.AsObject().Text("rule")));
        Assert.Single(run.ErrorLines);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_prints_a_script_that_the_shell_accepts(string shell)
    {
        Assert.True(File.Exists($"/usr/bin/{shell}"), $"there is no {shell}: tests/scripts/install-tools check");
        using var directory = new TemporaryDirectory();
        ProgramRun script = await Guestctl.RunAsync(null, "completion", shell);
        Assert.Equal((0, ""), (script.ExitCode, script.Error));
        await File.WriteAllTextAsync(directory["script"], script.Output, TestContext.Current.CancellationToken);
        ProgramRun check = await ProgramRun.StartAsync(shell, "-n", directory["script"]);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
    }

    [Fact]
    public async Task Completion_in_bash_finds_verbs()
    {
        ProgramRun run = await ProgramRun.StartAsync(
            "bash",
            "-c",
            $$"""
            guestctl() { {{Guestctl.Path}} "$@"; }
            eval "$(guestctl completion bash)"
            COMP_LINE="guestctl exe" COMP_POINT=12 COMP_CWORD=1 COMP_WORDS=(guestctl exe)
            _guestctl
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        Assert.Equal((0, "exec\n", ""), (run.ExitCode, run.Output, run.Error));
    }
}
