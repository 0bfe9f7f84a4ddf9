using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>
/// A link that root has made leads out of what a host may write. The host moves it to a directory of a guest's user, who gives it
/// the name of a tree of the policy; and the host has the directory given to root, where only root could have put a link.
/// </summary>
public sealed class PlantedLinkTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("file_chown", null)]
    [InlineData("file_chmod", "0777")]
    [InlineData(null, "1777")]
    public async Task It_leads_out_of_no_tree(string? closing, string? permissions)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string tree = _directory["tree"];
        Directory.CreateDirectory(_directory["secret"]);
        await File.WriteAllTextAsync(_directory["secret/file"], "secret", cancellation);
        Directory.CreateDirectory(tree);
        string his = await GuestUser.MakeDirectoryAsync(_directory, "tree/his");
        File.CreateSymbolicLink(Path.Combine(tree, "link"), _directory["secret"]);
        string app = permissions is null ? his : Path.Combine(tree, "app");
        string named = Path.Combine(app, "data");
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject { ["read_paths"] = new JsonArray(named), ["write_paths"] = new JsonArray(tree) },
        });
        using RawClient client = await agent.ConnectAsync();

        await client.CallAsync(
            1, "file_move", new JsonObject { ["from"] = Path.Combine(tree, "link"), ["to"] = Path.Combine(his, "link") });
        if (permissions is not null)
        {
            await client.CallAsync(2, "file_mkdir", new JsonObject { ["path"] = app, ["permissions"] = permissions });
        }

        await RenameAsync(Path.Combine(his, "link"), named);
        if (closing is not null)
        {
            JsonObject parameters = new() { ["path"] = app };
            parameters.Add(closing == "file_chown" ? "owner" : "permissions", closing == "file_chown" ? "root" : "0755");
            JsonObject refusal = await client.CallAsync(3, closing, parameters);
            Assert.Equal(-32001, (int?)refusal["error"]?["code"]);
        }

        JsonObject read = await client.CallAsync(4, "file_read", new JsonObject { ["path"] = _directory["secret/file"] });
        Assert.Equal("policy.read_paths", (string?)read["error"]?["data"]?["rule"]);
    }

    private static async Task RenameAsync(string from, string to) => Assert.Equal(0, (await ProgramRun.StartAsync(
        "setpriv",
        ["--reuid", $"{GuestUser.Id}", "--regid", $"{GuestUser.Id}", "--clear-groups", "mv", "-T", from, to])).ExitCode);
}
