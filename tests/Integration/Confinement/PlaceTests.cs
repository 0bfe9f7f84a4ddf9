using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>Where programs have their directories, and what they may change besides, is the rule's word and nobody else's.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData("chmod 777")]
    [InlineData("chown nobody")]
    public async Task Nothing_runs_where_others_can_exchange_directories(string change)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        await ProgramRun.StartAsync("sh", ["-c", $"{change} '{agent.Place["work"]}'"]);

        (_, JsonObject response) = await agent.RunAsync("echo on");

        Assert.Contains("Others can change", response["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Place["work"]));
    }

    [Fact]
    public async Task A_link_of_a_user_in_the_place_of_a_write_path_leads_nowhere()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        Directory.CreateDirectory(agent.Place["outside"]);
        File.SetUnixFileMode(agent.Place["outside"], (UnixFileMode)0b111_111_111);
        string script = "rm -rf '{0}/shared' && ln -s '{0}/outside' '{0}/shared' && chown -h nobody '{0}/shared'";
        await ProgramRun.StartAsync("sh", ["-c", script.Replace("{0}", agent.Place.Path, StringComparison.Ordinal)]);

        (_, JsonObject response) = await agent.RunAsync($"echo x > '{agent.Place.Path}/outside/file'");

        Assert.NotEqual(0, response["exit_code"]!.GetValue<int>());
        Assert.Empty(Directory.EnumerateFileSystemEntries(agent.Place["outside"]));
    }

    [Fact]
    public async Task An_agent_has_one_instance()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient first = await agent.ConnectAsync();
        using RawClient second = await agent.ConnectAsync();
        string[] instances =
        [
            (await first.ExchangeAsync(Requests.Call(1, "get_agent_info"))).Result().Text("instance")!,
            (await second.ExchangeAsync(Requests.Call(2, "hello", new JsonObject { ["session"] = "s" }))).Result()["agent"]!.AsObject().Text("instance")!,
        ];
        Assert.Single(instances.Distinct());
    }
}
