using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>What a result holds of the outputs, and who else may still hold them.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task A_process_left_behind_delays_no_reply_and_may_write_on()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        string go = agent.Directory["go"];
        string survived = agent.Directory["survived"];
        await ProgramRun.StartAsync("mkfifo", go);
        JsonObject reply = await client.ExchangeAsync(Requests.Shell(
            1, $"(read x < {go}; head -c 1000000 /dev/zero && head -c 1000000 /dev/zero >&2 && touch {survived}) & echo now"));
        Assert.Equal("now\n", reply.Stdout());

        // Far more than a pipe holds: were it closed or not read, the process would end by SIGPIPE or wait for ever.
        await File.WriteAllTextAsync(go, "go\n", TestContext.Current.CancellationToken);
        await Bounded.UntilAsync(() => File.Exists(survived), () => "the process left behind to write all");
    }

    [Fact]
    public async Task Both_outputs_are_drained_when_neither_is_kept_whole()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject result = (await client.ExchangeAsync(Requests.Shell(
            1,
            "head -c 3000000 /dev/zero | tr '\\0' a & head -c 2000000 /dev/zero | tr '\\0' b >&2; wait",
            new JsonObject { ["max_output_bytes"] = 10 }))).Result();
        Assert.Equal(("aaaaaaaaaa", "bbbbbbbbbb"), (result.Text("stdout"), result.Text("stderr")));
        Assert.Equal((3_000_000, 2_000_000), (result.Number("stdout_bytes"), result.Number("stderr_bytes")));
        Assert.Equal((true, true), (result.Flag("stdout_truncated"), result.Flag("stderr_truncated")));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    public async Task Truncation_is_told_exactly(int cap, bool truncated)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject result = (await client.ExchangeAsync(Requests.Shell(
            1, "printf 0123456789; printf 0123456789 >&2", new JsonObject { ["max_output_bytes"] = cap }))).Result();
        Assert.Equal("0123456789"[..Math.Min(cap, 10)], result.Text("stdout"));
        Assert.Equal((truncated, truncated), (result.Flag("stdout_truncated"), result.Flag("stderr_truncated")));
    }

    [Fact]
    public async Task Every_byte_value_goes_in_and_comes_out()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256 * 1024).Select(i => (byte)(i % 251 + i / 256))];
        var more = new JsonObject { ["stdin"] = Convert.ToBase64String(bytes), ["stdin_encoding"] = "base64" };
        JsonObject result = (await client.ExchangeAsync(Requests.Shell(1, "tee /dev/stderr", more))).Result();
        Assert.Equal("base64", result.Text("encoding"));
        Assert.Equal(bytes, Convert.FromBase64String(result.Text("stdout")));
        Assert.Equal(bytes, Convert.FromBase64String(result.Text("stderr")));
    }

    [Fact]
    public async Task Output_that_is_not_wanted_goes_to_the_null_device()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        string seen = agent.Directory["seen"];
        JsonObject result = (await client.ExchangeAsync(Requests.Shell(
            1,
            $"readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 | tee {seen}",
            new JsonObject { ["capture_output"] = false }))).Result();
        Assert.Equal(("", 0, false), (result.Text("stdout"), result.Number("stdout_bytes"), result.Flag("stdout_truncated")));
        Assert.Equal(
            "/dev/null\n/dev/null\n/dev/null\n",
            await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken));
    }
}
