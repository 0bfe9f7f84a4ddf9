using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Files;

/// <summary>Somebody in the guest changes where a path leads, as fast as it goes, while a host uses the path.</summary>
public sealed class SwappedLinkTests : IAsyncLifetime
{
    private const int Tries = 20_000;

    // Fewer than one connection may have in flight.
    private const int Ahead = 50;

    private readonly TemporaryDirectory _directory = new();
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_directory["open/inside"]);
        Directory.CreateDirectory(_directory["secret"]);
        await File.WriteAllTextAsync(_directory["open/inside/file"], "open");
        await File.WriteAllTextAsync(_directory["secret/file"], "secret");
        _agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["read_paths"] = new JsonArray(_directory["open"]),
                ["write_paths"] = new JsonArray(_directory["open"]),
            },
        });
    }

    [Fact]
    public async Task Nothing_outside_is_read()
    {
        using var link = new SwappedLink(_directory["open/way"], "inside", "../secret");
        await EachAsync(
            id => Requests.Call(id, "file_read", new JsonObject { ["path"] = _directory["open/way/file"] }),
            result => Assert.Equal("open", result.Text("content")));
    }

    [Fact]
    public async Task Nothing_outside_is_made_or_deleted()
    {
        using var link = new SwappedLink(_directory["open/way"], "inside", "../secret");
        await EachAsync(
            id => (id % 3) switch
            {
                0 => Requests.Call(id, "file_mkdir", new JsonObject { ["path"] = _directory["open/way/new"] }),
                1 => Requests.Call(id, "file_delete", new JsonObject { ["path"] = _directory["open/way/new"] }),
                _ => Requests.Call(
                    id, "file_delete", new JsonObject { ["path"] = _directory["open/way/file"], ["recursive"] = true }),
            },
            result => Assert.StartsWith(_directory["open/inside/"], result.Text("path"), StringComparison.Ordinal));
        Assert.Equal([_directory["secret/file"]], Directory.GetFileSystemEntries(_directory["secret"]));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _directory.Dispose();
    }

    private async Task EachAsync(Func<int, string> request, Action<JsonObject> onResult)
    {
        // Denied by the policy, not found, there already: whatever the moment was like, but never anything else.
        int[] usual = [-32001, -32002, -32010];
        using RawClient client = await _agent.ConnectAsync();
        for (int first = 0; first < Tries; first += Ahead)
        {
            await client.SendAsync(string.Join('\n', Enumerable.Range(first, Ahead).Select(request)));
            for (int i = 0; i < Ahead; i++)
            {
                JsonObject reply = await client.ReadAsync();
                if (reply["result"] is JsonObject result)
                {
                    onResult(result);
                }
                else
                {
                    Assert.Contains(reply.ErrorCode(), usual);
                }
            }
        }
    }
}
