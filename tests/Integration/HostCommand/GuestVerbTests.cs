using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>The verbs of <c>guestctl</c> that ask what the guest is and does.</summary>
public sealed class GuestVerbTests
{
    private const int Refused = 77;
    private const int TimedOut = 124;

    [Fact]
    public async Task Ps_lists_processes_with_their_arguments()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            new AgentConfig { Policy = new JsonObject { ["list_processes"] = true } });
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "ps");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"^ +PID +PPID  USER +STATE +THREADS +MEMORY +CPU  STARTED +COMMAND\n", run.Output);
        Assert.Contains($"--config {agent.Directory["config.json"]}\n", run.Output, StringComparison.Ordinal);
        ProgramRun named = await Guestctl.RunAsync(agent.SocketPath, "--json", "ps", "--name", "no such process");
        Assert.Empty(JsonNode.Parse(named.Output)!["processes"]!.AsArray());
    }

    [Fact]
    public async Task Df_and_ip_show_tables()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun df = await Guestctl.RunAsync(agent.SocketPath, "df");
        Assert.Matches(@"^FILESYSTEM +TYPE +SIZE +USED +AVAIL +USE  MOUNTED ON\n", df.Output);
        Assert.Equal((0, ""), (df.ExitCode, df.Error));
        Assert.StartsWith("FILESYSTEM", (await Guestctl.RunAsync(agent.SocketPath, "df", "-h")).Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^lo +\S+ +.*127\.0\.0\.1/8", (await Guestctl.RunAsync(agent.SocketPath, "ip")).Output);
        Assert.Matches(@"(?m)^lo +\S+ ", (await Guestctl.RunAsync(agent.SocketPath, "ip", "link")).Output);
        foreach (string what in (string[])["route", "dns"])
        {
            Assert.Equal(0, (await Guestctl.RunAsync(agent.SocketPath, "ip", what)).ExitCode);
        }

        JsonNode json = JsonNode.Parse((await Guestctl.RunAsync(agent.SocketPath, "--json", "ip")).Output)!;
        Assert.Equal("lo", json["interfaces"]![0]!.AsObject().Text("name"));
    }

    [Fact]
    public async Task Time_tells_how_far_the_guest_is_away_and_setting_needs_permission()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "time");
        Assert.Matches(@"^time          [0-9-]{10}T[0-9:.]{12}Z\nahead         \S+ s of this host\n", run.Output);
        foreach (string[] how in (string[][])[["--sync"], ["--hctosys"], ["--set", "2026-05-04T03:02:01Z"]])
        {
            ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, ["time", .. how]);
            Assert.Equal((Refused, ""), (refused.ExitCode, refused.Output));
            Assert.Contains("[policy.set_time]", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Power_needs_permission()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        string[][] all =
        [
            ["shutdown", "--in", "3600"], ["reboot", "--in", "3600"], ["shutdown", "--cancel"],
            // With an option that all verbs have.
            ["reboot", "--cancel", "--wait", "9"],
        ];
        foreach (string[] what in all)
        {
            ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, what);
            Assert.Equal((Refused, ""), (refused.ExitCode, refused.Output));
            Assert.Contains("[policy.power]", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Top_prints_one_report_or_a_line_each_time()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun once = await Guestctl.RunAsync(agent.SocketPath, "top", "--once");
        Assert.Equal((0, ""), (once.ExitCode, once.Error));
        Assert.Matches(@"(?m)^CPU   \[", once.Output);
        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "--json", "top", "--once");
        Assert.InRange(JsonNode.Parse(json.Output)!["cpu"]!["busy_percent"]!.GetValue<double>(), 0, 100);
        using Guestctl lines = Guestctl.Start(agent.SocketPath, "top", "--interval", "1");
        Assert.Contains(" cpu=", await lines.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Contains(" cpu=", await lines.ReadLineAsync(), StringComparison.Ordinal);
        lines.Signal(Signals.Interrupt);
        Assert.Equal(128 + Signals.Interrupt, (await lines.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Wait_ends_when_an_agent_answers()
    {
        using var directory = new TemporaryDirectory();
        using Guestctl waiting = Guestctl.Start(directory["agent.sock"], "--json", "wait", "--timeout", "60");
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default, directory);
        string line = await waiting.ReadLineAsync();
        Assert.Equal(0, (await waiting.EndAsync()).ExitCode);
        string boot = JsonNode.Parse(line)!.AsObject().Text("boot_id")!;

        ProgramRun same = await Guestctl.RunAsync(
            agent.SocketPath, "wait", "--timeout", "0.2", "--other-than", boot);
        Assert.Equal((TimedOut, ""), (same.ExitCode, same.Output));
        Assert.Equal(0, (await Guestctl.RunAsync(agent.SocketPath, "wait", "--other-than", "before")).ExitCode);
    }

    [Fact]
    public async Task Wait_gives_up()
    {
        ProgramRun run = await Guestctl.RunAsync("/no/such/socket", "wait", "--timeout", "0.2");
        Assert.Equal((TimedOut, ""), (run.ExitCode, run.Output));
        Assert.Contains("/no/such/socket", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("cp")]
    [InlineData("cat")]
    [InlineData("ls")]
    [InlineData("stat")]
    [InlineData("mkdir")]
    [InlineData("mv")]
    [InlineData("rm")]
    [InlineData("ps")]
    [InlineData("top")]
    [InlineData("df")]
    [InlineData("ip")]
    [InlineData("time")]
    [InlineData("shutdown")]
    [InlineData("reboot")]
    public async Task Every_verb_explains_itself(string verb)
    {
        ProgramRun run = await Guestctl.RunAsync(null, verb, "--help");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"guestctl {verb}", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nExample:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nExit codes:\n", run.Output, StringComparison.Ordinal);
        Assert.InRange(run.Output.Split("-h,").Length, 1, 2);
    }
}
