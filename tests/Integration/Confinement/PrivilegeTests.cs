using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>What a program could gain that it was not started with.</summary>
public sealed class PrivilegeTests
{
    private const string Status = "grep -E '^(NoNewPrivs|Cap)' /proc/self/status";

    private static readonly string[] Nothing =
    [
        "CapInh:\t0000000000000000",
        "CapPrm:\t0000000000000000",
        "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "CapAmb:\t0000000000000000",
        "NoNewPrivs:\t1",
    ];

    [Theory]
    [InlineData("nobody")]
    [InlineData(null)]
    public async Task A_program_of_a_host_has_no_capability_and_can_gain_none(string? user)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user);

        Assert.Equal(Nothing, await agent.LinesAsync(Status));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData(null)]
    public async Task A_set_user_ID_program_gives_a_program_of_a_host_nothing(string? user)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user);
        string program = SetUserId(agent.Place);

        Assert.Equal([user is null ? "0" : "65534"], await agent.LinesAsync($"{program} -u"));
        Assert.Equal("CapEff:\t0000000000000000", (await agent.LinesAsync("grep CapEff /proc/self/status"))[0]);
    }

    [Fact]
    public async Task A_rule_that_says_so_lets_a_program_of_a_host_gain_privileges()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["new_privileges"] = true });

        // Also what shows that the file system of the test honours the bit.
        Assert.Equal(["0"], await agent.LinesAsync($"{SetUserId(agent.Place)} -u"));
    }

    [Fact]
    public async Task A_command_as_another_user_has_no_capability_and_can_gain_none_unless_its_rule_says_so()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become another user");
        using var place = new TemporaryDirectory("/var/tmp");
        place.OpenForAll();
        string program = SetUserId(place);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(
            """{ "path": "/bin/sh", "user": "nobody" }""",
            $$"""{ "path": "{{program}}", "user": "nobody", "new_privileges": true }"""));
        using RawClient host = await agent.ConnectAsync();

        JsonObject status = await host.ExchangeAsync(Requests.Exec(1, "/bin/sh", ["-c", Status]));
        Assert.Equal(Nothing, status.Stdout().TrimEnd('\n').Split('\n'));
        Assert.Equal("65534\n", (await host.ExchangeAsync(Requests.Exec(2, "/bin/sh", ["-c", program + " -u"]))).Stdout());
        Assert.Equal("0\n", (await host.ExchangeAsync(Requests.Exec(3, program, ["-u"]))).Stdout());
    }

    [Fact]
    public async Task A_command_as_the_agent_s_own_user_is_left_as_it_is()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(
            """{ "path": "/bin/cat" }""", """{ "path": "/bin/grep", "user": "root" }"""));
        using RawClient host = await agent.ConnectAsync();
        string own = await File.ReadAllTextAsync($"/proc/{agent.Facts.Pid}/status", TestContext.Current.CancellationToken);
        string[] expected = [.. own.Split('\n')
            .Where(line => line.StartsWith("Cap", StringComparison.Ordinal) || line.StartsWith("NoNew", StringComparison.Ordinal))];

        string plain = (await host.ExchangeAsync(Requests.Exec(1, "/bin/cat", ["/proc/self/status"]))).Stdout();
        Assert.All(expected, line => Assert.Contains(line, plain, StringComparison.Ordinal));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "an agent that is not root cannot be asked for root");
        string named = (await host.ExchangeAsync(Requests.Exec(2, "/bin/grep", ["-E", "^(Cap|NoNew)", "/proc/self/status"]))).Stdout();
        Assert.Equal(expected, named.TrimEnd('\n').Split('\n'));
    }

    private static string SetUserId(TemporaryDirectory place)
    {
        string program = place["who"];
        File.Copy("/usr/bin/id", program);
        File.SetUnixFileMode(program, (UnixFileMode)0b100_111_101_101);
        return program;
    }
}
