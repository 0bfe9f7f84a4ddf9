using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>A link that the image's owner has made in a tree that a host may write, and that a tree to read is named by.</summary>
public sealed class OwnersLinkTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("file_symlink", """{ "target": "/etc", "overwrite": true }""")]
    [InlineData("file_delete", "{}")]
    [InlineData("file_delete", """{ "recursive": true }""")]
    public async Task No_operation_of_a_host_removes_or_replaces_it(string operation, string members)
    {
        Directory.CreateDirectory(_directory["tree/release"]);
        string link = _directory["tree/current"];
        File.CreateSymbolicLink(link, "release");
        File.CreateSymbolicLink(_directory["www"], link);
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["read_paths"] = new JsonArray(_directory["www"]),
                ["write_paths"] = new JsonArray(_directory["tree"]),
            },
        });
        using RawClient client = await agent.ConnectAsync();
        JsonObject parameters = JsonNode.Parse(members)!.AsObject();
        parameters["path"] = link;

        JsonObject refusal = await client.CallAsync(1, operation, parameters);

        Assert.Equal("policy", (string?)refusal["error"]?["data"]?["rule"]);
        Assert.Equal("release", new FileInfo(link).LinkTarget);
        Assert.NotNull((await client.CallAsync(2, "file_list", new JsonObject { ["path"] = _directory["www"] }))["result"]);
    }
}
