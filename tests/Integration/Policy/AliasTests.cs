using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>
/// A program is what its own name says, also where many names are links to one file; no other way to write the path
/// gets more than the rule allows.
/// </summary>
public sealed class AliasTests
{
    private const string Busybox = "/usr/bin/busybox";
    private const string PrintsItsName = "#!/bin/sh\nprintf %s \"${0##*/}\"\n";

    [Theory]
    [InlineData("other")]
    [InlineData("all-in-one")]
    [InlineData("link-to-allowed")]
    [InlineData("sub/allowed")]
    [InlineData("missing")]
    [InlineData("allowed/")]
    [InlineData("allowed/.")]
    public async Task Another_name_of_an_allowed_program_is_refused(string name)
    {
        using var directory = new TemporaryDirectory();
        await using RunningAgent agent = await StartAsync(directory, "allowed");
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.ExchangeAsync(Requests.Exec(1, directory[name]));
        Assert.Equal((-32001, "policy.commands"), (reply.ErrorCode(), reply.ErrorRule()));
    }

    [Theory]
    [InlineData("allowed")]
    [InlineData("./allowed")]
    [InlineData("/allowed")]
    public async Task The_allowed_name_runs_under_its_own_name_however_its_directory_is_written(string name)
    {
        using var directory = new TemporaryDirectory();
        await using RunningAgent agent = await StartAsync(directory, "allowed");
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal("allowed", (await client.ExchangeAsync(Requests.Exec(1, $"{directory.Path}/{name}"))).Stdout());
    }

    [Fact]
    public async Task A_path_with_a_way_up_is_none()
    {
        using var directory = new TemporaryDirectory();
        await using RunningAgent agent = await StartAsync(directory, "allowed");
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.ExchangeAsync(Requests.Exec(1, directory["sub/../allowed"]));
        Assert.Equal((-32602, "absolute_path"), (reply.ErrorCode(), reply.ErrorRule()));
    }

    [Fact]
    public async Task A_directory_that_is_a_link_leads_where_it_leads()
    {
        using var directory = new TemporaryDirectory();
        await using RunningAgent agent = await StartAsync(directory, "sub/allowed");
        using RawClient client = await agent.ConnectAsync();
        string linked = directory["linked-directory/allowed"];
        Assert.Equal("allowed", (await client.ExchangeAsync(Requests.Exec(1, linked))).Stdout());
        JsonObject refused = await client.ExchangeAsync(Requests.Exec(2, directory["allowed"]));
        Assert.Equal((-32001, "policy.commands"), (refused.ErrorCode(), refused.ErrorRule()));
    }

    [Fact]
    public async Task A_link_of_busybox_does_not_allow_its_other_programs()
    {
        Assert.True(File.Exists(Busybox), $"there is no {Busybox}: tests/scripts/install-tools check");
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["echo"], Busybox);
        File.CreateSymbolicLink(directory["sh"], Busybox);
        await using RunningAgent agent =
            await RunningAgent.StartAsync(AgentConfig.WithRules(Rule(directory["echo"])), directory);
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal("hello\n", (await client.ExchangeAsync(Requests.Exec(1, directory["echo"], ["hello"]))).Stdout());
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(2, directory["sh"], ["-c", "id"]))).ErrorCode());
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(3, Busybox, ["sh", "-c", "id"]))).ErrorCode());
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(4, "busybox", ["sh"]))).ErrorCode());
    }

    [Fact]
    public async Task A_name_without_a_directory_is_the_one_in_the_search_path()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(Rule("/bin/echo")));
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal("found\n", (await client.ExchangeAsync(Requests.Exec(1, "echo", ["found"]))).Stdout());
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(2, "cat"))).ErrorCode());
        Assert.Equal(-32602, (await client.ExchangeAsync(Requests.Exec(3, "../bin/echo"))).ErrorCode());
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(4, ".."))).ErrorCode());
    }

    private static async Task<RunningAgent> StartAsync(TemporaryDirectory directory, string allowed)
    {
        string program = directory.AddScript("all-in-one", PrintsItsName);
        Directory.CreateDirectory(directory["sub"]);
        File.CreateSymbolicLink(directory["allowed"], program);
        File.CreateSymbolicLink(directory["other"], program);
        File.CreateSymbolicLink(directory["sub/allowed"], program);
        File.CreateSymbolicLink(directory["link-to-allowed"], directory["allowed"]);
        File.CreateSymbolicLink(directory["linked-directory"], directory["sub"]);
        return await RunningAgent.StartAsync(AgentConfig.WithRules(Rule(directory[allowed])), directory);
    }

    private static string Rule(string path) => new JsonObject { ["path"] = path }.ToJsonString();
}
