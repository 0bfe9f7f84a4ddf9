using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>Parameters of any shape, of which there may be many.</summary>
public sealed class LargeParametersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1000)]
    public async Task As_many_names_as_a_host_likes_are_checked(int count)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject names = new(Enumerable.Range(0, count).Select(
            i => KeyValuePair.Create<string, JsonNode?>(string.Create(CultureInfo.InvariantCulture, $"NAME{i}"), "value")));
        JsonObject known = new() { ["command"] = "/bin/true", ["env"] = names.DeepClone() };
        Assert.True(await CheckAsync(client, known) is { } allowed && allowed.Flag("allowed"));

        names["command"] = "/bin/true";
        JsonObject refusal = (await CheckAsync(client, names))["refusal"]!.AsObject();
        Assert.Equal("params.NAME0", refusal["data"]!.AsObject().Text("field"));
    }

    private static async Task<JsonObject> CheckAsync(RawClient client, JsonObject parameters)
    {
        JsonObject request = new() { ["operation"] = "exec_command", ["params"] = parameters };
        return (await client.ExchangeAsync(Requests.Call(1, "policy_check", request))).Result();
    }
}
