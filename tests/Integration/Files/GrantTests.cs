using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Files;

/// <summary>What a grant holds open is closed, however its call ends.</summary>
public sealed class GrantTests
{
    private const int Rounds = 300;

    [Fact]
    public async Task No_descriptor_stays_open()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["file"], "x", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["read_paths"] = new JsonArray(directory.Path),
                ["write_paths"] = new JsonArray(directory.Path),
            },
        });
        using RawClient client = await agent.ConnectAsync();
        (string Method, JsonObject Parameters)[] calls =
        [
            ("file_read", new JsonObject { ["path"] = directory["file"] }),
            ("file_read", new JsonObject { ["path"] = directory.Path }),
            ("file_read", new JsonObject { ["path"] = directory["file"], ["length"] = 0 }),
            ("file_read", new JsonObject { ["path"] = directory["missing"] }),
            ("file_read", new JsonObject { ["path"] = "/etc/passwd" }),
            ("file_list", new JsonObject { ["path"] = directory.Path }),
            ("file_delete", new JsonObject { ["path"] = directory["missing"] }),
            ("file_mkdir", new JsonObject { ["path"] = directory["a/b"] }),
            ("file_move", new JsonObject { ["from"] = directory["file"], ["to"] = "/etc/file" }),
        ];
        await RoundAsync(client, calls);
        int before = agent.Facts.Descriptors;
        for (int i = 0; i < Rounds; i++)
        {
            await RoundAsync(client, calls);
        }

        // Far fewer than one for each round.
        Assert.InRange(agent.Facts.Descriptors, 0, before + 20);
    }

    private static async Task RoundAsync(RawClient client, (string Method, JsonObject Parameters)[] calls)
    {
        foreach ((string method, JsonObject parameters) in calls)
        {
            await client.ExchangeAsync(Requests.Call(1, method, parameters));
        }
    }
}
