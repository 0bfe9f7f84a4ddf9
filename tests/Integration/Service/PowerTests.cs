using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>
/// Power-offs that are arranged for tomorrow and never come: this machine must stay up. Real ones are in tests/Vm.
/// </summary>
public sealed class PowerTests
{
    private static readonly JsonObject Tomorrow =
        new() { ["timeout_seconds"] = 86400, ["message"] = "the secret of the message" };

    [Fact]
    public async Task It_belongs_to_the_guest_and_not_to_the_host_that_asked()
    {
        await using RunningAgent agent = await StartAsync(power: true);
        using (RawClient first = await agent.ConnectAsync())
        {
            long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            JsonObject result = (await first.ExchangeAsync(Requests.Call(1, "shutdown", Tomorrow))).Result();
            Assert.InRange(result.Number("at_ms"), before + 86_400_000, before + 86_400_000 + 3_600_000);
        }

        using RawClient second = await agent.ConnectAsync();
        Assert.True((await second.ExchangeAsync(Requests.Call(1, "shutdown_cancel"))).Result().Flag("cancelled"));
    }

    [Fact]
    public async Task An_agent_that_stops_first_drops_it_and_ends_in_order()
    {
        await using RunningAgent agent = await StartAsync(power: true);
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Call(1, "reboot", Tomorrow));
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task The_log_tells_who_was_allowed_and_who_was_not()
    {
        await using RunningAgent agent = await StartAsync(power: true);
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Call("a", "shutdown", Tomorrow));
        await client.ExchangeAsync(Requests.Call("b", "shutdown_cancel"));
        string allowed = await agent.Log.WaitForAsync("id=\"a\" decision=allowed outcome=ok");
        Assert.Contains("audit op=shutdown ", allowed, StringComparison.Ordinal);
        Assert.Contains("subject=\"power_off in 86400 s\"", allowed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", allowed, StringComparison.Ordinal);
        await agent.Log.WaitForAsync("message=\"the secret of the message\"");
        await agent.Log.WaitForAsync("audit op=shutdown_cancel ");

        await using RunningAgent strict = await StartAsync(power: false);
        using RawClient refused = await strict.ConnectAsync();
        await refused.ExchangeAsync(Requests.Call("c", "reboot", Tomorrow));
        string denied = await strict.Log.WaitForAsync("audit op=reboot ");
        Assert.Contains("decision=denied outcome=permission_denied rule=policy.power", denied, StringComparison.Ordinal);
        Assert.Single(strict.Log.Lines);
    }

    private static Task<RunningAgent> StartAsync(bool power) =>
        RunningAgent.StartAsync(new AgentConfig { Policy = new JsonObject { ["power"] = power } });
}
