using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl exec</c> behaves as the command itself would.</summary>
public sealed class ExecTests
{
    private const int TimedOut = 124;
    private const int CannotStart = 126;
    private const int NotFound = 127;
    private const int SignalBase = 128;

    [Theory]
    [InlineData(NotFound, "/no/such/program")]
    [InlineData(NotFound, "no-such-program")]
    [InlineData(CannotStart, "/etc/passwd")]
    [InlineData(CannotStart, "--cwd", "/no/such", "--", "/bin/true")]
    [InlineData(CannotStart, "--user", "no-such-user", "--", "/bin/true")]
    public async Task A_command_that_does_not_start_is_told_in_one_line(int code, params string[] arguments)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, ["exec", .. arguments]);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("guestctl: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_the_rule()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "--", "/bin/true");
        Assert.Equal((77, ""), (run.ExitCode, run.Output));
        Assert.Contains("[policy.commands]", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_limit_ends_the_command_and_keeps_its_output()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(
            agent.SocketPath, "exec", "--timeout", "1", "--", "sh", "-c", "echo $$; exec sleep 600");
        Assert.Equal(TimedOut, run.ExitCode);
        Assert.False(new ProcessFacts(int.Parse(run.Output, CultureInfo.InvariantCulture)).IsAlive);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task The_policys_time_limit_is_named_and_no_longer_one_can_be_asked_for()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(
            """{"path":"/bin/true"}""", """{"path":"/bin/sleep","timeout_seconds":0.5}"""));
        const string Limit = "policy.commands[1].timeout_seconds: 0.5 s.";
        ProgramRun ended = await Guestctl.RunAsync(agent.SocketPath, "exec", "sleep", "600");
        Assert.Equal((TimedOut, $"guestctl: The command exceeded its time limit, {Limit}"), (ended.ExitCode, Assert.Single(ended.ErrorLines)));
        ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, "exec", "--timeout", "2", "sleep", "600");
        Assert.Equal(
            (64, $"guestctl: timeout_seconds is above the policy's ceiling, {Limit}"),
            (refused.ExitCode, Assert.Single(refused.ErrorLines)));
        ProgramRun none = await Guestctl.RunAsync(agent.SocketPath, "exec", "--timeout", "none", "true");
        Assert.Equal(64, none.ExitCode);
        Assert.Contains("limits.max_command_seconds: 300 s", Assert.Single(none.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"path":"/bin/echo","timeout_seconds":0}""", 1)]
    [InlineData("""{"path":"/bin/echo"}""", 0)]
    public async Task A_command_without_a_limit_runs_where_the_policy_has_none(string rule, double allSeconds)
    {
        var policy = new JsonObject { ["commands"] = new JsonArray(JsonNode.Parse(rule)) };
        await using RunningAgent agent = await RunningAgent.StartAsync(
            new AgentConfig { Policy = policy, Limits = new JsonObject { ["max_command_seconds"] = allSeconds } });
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "--timeout", "none", "echo", "x");
        Assert.Equal((0, "x\n", ""), (run.ExitCode, run.Output, run.Error));
        ProgramRun info = await Guestctl.RunAsync(agent.SocketPath, "info");
        Assert.Equal(allSeconds == 0, info.Output.Contains("command no time limit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_signal_ends_the_command_in_the_guest(int signal)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using Guestctl guestctl = Guestctl.Start(agent.SocketPath, "exec", "--", "sh", "-c", "echo $$; exec sleep 600");
        int pid = int.Parse(await guestctl.ReadLineAsync(), CultureInfo.InvariantCulture);
        guestctl.Signal(signal);
        ProgramRun run = await guestctl.EndAsync();
        Assert.Equal((SignalBase + signal, ""), (run.ExitCode, run.Output));
        Assert.False(new ProcessFacts(pid).IsAlive);
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_the_command()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithLimits(new JsonObject { ["kill_grace_seconds"] = 60 }));
        string asked = agent.Directory["asked"];
        using Guestctl guestctl = Guestctl.Start(
            agent.SocketPath,
            "exec", "--", "sh", "-c", $"trap 'touch {asked}' TERM; echo $$; while :; do sleep 0.1; done");
        int pid = int.Parse(await guestctl.ReadLineAsync(), CultureInfo.InvariantCulture);
        guestctl.Signal(Signals.Interrupt);
        await Bounded.UntilAsync(() => File.Exists(asked), () => "the command to be asked to end");
        guestctl.Signal(Signals.Interrupt);
        Assert.Equal(SignalBase + Signals.Interrupt, (await guestctl.EndAsync()).ExitCode);
        Assert.True(new ProcessFacts(pid).IsAlive);
        Signals.Send(pid, Signals.Kill);
    }

    [Fact]
    public async Task An_agent_without_a_free_place_is_told_as_busy()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithLimits(new JsonObject { ["max_concurrent_commands"] = 1 }));
        using Guestctl first = Guestctl.Start(agent.SocketPath, "exec", "--stdin", "--", "sh", "-c", "echo up; cat");
        await first.ReadLineAsync();
        ProgramRun second = await Guestctl.RunAsync(agent.SocketPath, "exec", "--", "true");
        Assert.Equal((75, ""), (second.ExitCode, second.Output));
        Assert.Contains("[limits.max_concurrent_commands]", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_ends_when_guestctl_is_killed()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using Guestctl guestctl = Guestctl.Start(agent.SocketPath, "exec", "--", "sh", "-c", "echo $$; exec sleep 600");
        int pid = int.Parse(await guestctl.ReadLineAsync(), CultureInfo.InvariantCulture);
        guestctl.Signal(Signals.Kill);
        await Bounded.UntilAsync(() => !new ProcessFacts(pid).IsAlive, () => "the end of the command");
    }

    [Fact]
    public async Task Nobody_who_reads_ends_the_command_quietly()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await ProgramRun.StartAsync(
            "bash", "-c", $"{Guestctl.Path} -g {agent.SocketPath} exec -- yes | head -n 1; echo ${{PIPESTATUS[0]}}");
        Assert.Equal(("y\n141\n", ""), (run.Output, run.Error));
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 42", 42)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", SignalBase + 9)]
    [InlineData("kill -15 $$", SignalBase + 15)]
    public async Task Its_exit_code_is_ours(string script, int code)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "--", "sh", "-c", script);
        Assert.Equal((code, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Both_outputs_come_through_byte_by_byte()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        byte[] bytes = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i % 256))];
        ProgramRun run = await Guestctl.RunWithInputAsync(
            bytes, agent.SocketPath, "exec", "--stdin", "--", "tee", "/dev/stderr");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(bytes, Encoding.Latin1.GetBytes(run.Output));
        Assert.Equal(bytes, Encoding.Latin1.GetBytes(run.Error));
    }

    [Fact]
    public async Task Input_and_output_flow_while_the_command_runs()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using Guestctl guestctl = Guestctl.Start(agent.SocketPath, "exec", "--stdin", "--", "cat");
        foreach (string line in (string[])["first", "second"])
        {
            await guestctl.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
            Assert.Equal(line, await guestctl.ReadLineAsync());
        }

        guestctl.CloseInput();
        Assert.Equal(0, (await guestctl.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Input_is_empty_unless_it_is_forwarded()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        byte[] input = "not for you"u8.ToArray();
        ProgramRun run = await Guestctl.RunWithInputAsync(input, agent.SocketPath, "exec", "--", "cat");
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_file_may_be_the_input()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        string file = agent.Directory["input"];
        await File.WriteAllTextAsync(file, "from a file", TestContext.Current.CancellationToken);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", $"--stdin={file}", "--", "cat");
        Assert.Equal((0, "from a file"), (run.ExitCode, run.Output));
        ProgramRun missing = await Guestctl.RunAsync(agent.SocketPath, "exec", "--stdin=/no/such", "--", "cat");
        Assert.Equal((66, ""), (missing.ExitCode, missing.Output));
    }

    [Fact]
    public async Task Environment_and_directory_reach_the_command()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(
            agent.SocketPath,
            "exec", "--env", "A=1=2", "-e", "B=", "--cwd", "/usr", "--", "sh", "-c", "echo \"$A,${B-unset},$PWD\"");
        Assert.Equal((0, "1=2,,/usr\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task The_user_may_be_chosen()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become another user");
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "--user", "daemon", "--", "id", "-un");
        Assert.Equal((0, "daemon\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Json_holds_the_result_or_the_failure_with_what_there_is()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun done = await Guestctl.RunAsync(
            agent.SocketPath, "--json", "exec", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
        JsonObject result = JsonNode.Parse(done.Output)!.AsObject();
        Assert.Equal((3, ""), (done.ExitCode, done.Error));
        Assert.Equal((3, "out\n", "err\n"), (result.Number("exit_code"), result.Text("stdout"), result.Text("stderr")));

        ProgramRun ended = await Guestctl.RunAsync(
            agent.SocketPath, "--json", "exec", "--timeout", "1", "--", "sh", "-c", "echo out; exec sleep 600");
        JsonObject failure = JsonNode.Parse(ended.Output)!.AsObject();
        Assert.Equal((TimedOut, "timed_out"), (ended.ExitCode, failure["error"]!.AsObject().Text("kind")));
        JsonObject partial = failure["result"]!.AsObject();
        Assert.Equal(("out\n", true), (partial.Text("stdout"), partial.Flag("timed_out")));
    }
}
