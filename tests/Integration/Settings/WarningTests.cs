using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>Warnings of a configuration without faults: by <c>--check</c>, and in the log.</summary>
public sealed class WarningTests
{
    private const int ConfigUnusable = 78;
    private const string Sound = """
        {"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],
         "policy":{"commands":[{"path":"/usr/bin/uname"}]}}
        """;

    private const string Doubtful = """
        {"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],
         "policy":{
           "commands":[{"path":"/usr/bin/uname"},{"path":"/bin/sh"},{"path":"/usr/bin/systemctl","args":["is-active","*"]}],
           "write_paths":["/etc/cron.d"],
           "runtimes":{"sh":{"command":"/bin/sh","file":"main.sh"}}}}
        """;

    [Fact]
    public async Task They_are_told_each_in_a_line_with_its_place_and_are_no_faults()
    {
        using var config = new ConfigFile(Doubtful);
        ProgramRun run = await ProgramRun.AgentAsync("--check", "--config", config.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{config.Path}: no faults\n", run.Output);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string place in (string[])["commands[1]", "commands[2]", "runtimes.sh", "write_paths[0]"])
        {
            Assert.Single(
                lines, line => line.StartsWith($"guest-agent: {config.Path}: $.policy.{place}: warning: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_this_guest_does_not_have_is_told_by_the_check_and_not_at_each_start()
    {
        const string Policy = """{"commands":[{"path":"/nowhere/program","user":"nobody-of-this-name"}],"read_paths":["/nowhere"]}""";
        using var config = new ConfigFile(
            $$"""{"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],"policy":{{Policy}}}""");
        ProgramRun run = await ProgramRun.AgentAsync("--check", "--config", config.Path);

        Assert.Equal((0, 3), (run.ExitCode, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        foreach (string place in (string[])["commands[0].path", "commands[0].user", "read_paths[0]"])
        {
            Assert.Contains($"guest-agent: {config.Path}: $.policy.{place}: warning: there is no ", run.Error, StringComparison.Ordinal);
        }

        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig { Policy = JsonNode.Parse(Policy)!.AsObject() });
        await Reconfiguration.ApplyAsync(agent, AgentConfig.AnyCommand);
        await agent.Log.WaitForAsync("warning: \"any\"");
        Assert.DoesNotContain("nowhere", agent.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strictly_they_are_faults()
    {
        using var doubtful = new ConfigFile(Doubtful);
        Assert.Equal(ConfigUnusable, (await ProgramRun.AgentAsync("--check", "--strict", "--config", doubtful.Path)).ExitCode);
        using var sound = new ConfigFile(Sound);
        ProgramRun run = await ProgramRun.AgentAsync("--check", "--strict", "--config", sound.Path);
        Assert.Equal((0, "", $"{sound.Path}: nothing wrong\n"), (run.ExitCode, run.Error, run.Output));
    }

    [Fact]
    public async Task Strictness_goes_with_a_check_alone() =>
        Assert.Equal(64, (await ProgramRun.AgentAsync("--strict")).ExitCode);

    [Fact]
    public async Task They_are_logged_once_at_the_start_and_once_at_each_change()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        await agent.Log.WaitForAsync("config.json: $.policy.commands: warning: \"any\"");

        await Reconfiguration.ApplyAsync(agent, AgentConfig.WithRules("""{"path":"/bin/sh"}"""));

        await agent.Log.WaitForAsync("config.json: $.policy.commands[0]: warning: sh runs any code");
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Ping(1));
        Assert.Equal(2, agent.Log.Lines.Count(line => line.Contains("warning: ", StringComparison.Ordinal)));

        AgentConfig harmless = AgentConfig.WithRules("""{"path":"/usr/bin/uname"}""");
        harmless.Policy["read_paths"] = new JsonArray("/etc/os-release");
        await Reconfiguration.ApplyAsync(agent, harmless);
        await Reconfiguration.ApplyAsync(agent, AgentConfig.AnyCommand);
        await Bounded.UntilAsync(
            () => agent.Log.Lines.Count(line => line.Contains("warning: ", StringComparison.Ordinal)) == 3,
            () => $"three warnings:\n{agent.Log}");
    }
}
