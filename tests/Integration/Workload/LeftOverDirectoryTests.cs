using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>The agent is killed while it runs programs of hosts, which have directories of their own.</summary>
public sealed class LeftOverDirectoryTests : IDisposable
{
    // Programs have a /tmp of their own.
    private readonly TemporaryDirectory _place = new("/var/tmp");

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("best-effort", "nobody")]
    [InlineData("none", "nobody")]
    [InlineData("none", null)]
    public async Task They_are_removed_at_the_next_start_and_nothing_else(string confinement, string? user)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs programs as another user");
        _place.OpenForAll();
        Directory.CreateDirectory(_place["work"]);
        Directory.CreateDirectory(_place["work/workload-0123456789abcdef0123456789abcdef"]);
        var rule = new JsonObject
        {
            ["command"] = "/bin/sh",
            ["file"] = "main.sh",
            ["directory"] = _place["work"],
            ["confinement"] = confinement,
        };
        if (user is not null)
        {
            rule["user"] = user;
        }

        var config = new AgentConfig { Policy = new JsonObject { ["runtimes"] = new JsonObject { ["sh"] = rule } } };
        await using (RunningAgent killed = await RunningAgent.StartAsync(config, _place))
        {
            using RawClient host = await killed.ConnectAsync();
            await host.SendAsync(Requests.Call(1, "run_workload", new JsonObject
            {
                ["runtime"] = "sh",
                ["code"] = "mkdir -p deep/er; echo x > deep/er/file; echo started; exec sleep 1000",
                ["stream"] = true,
            }));
            // Its first output.
            await host.ReadAsync();
            Assert.InRange(Left().Length, 2, 3);
            await killed.KillAsync();
        }

        Assert.InRange(Left().Length, 2, 3);
        await using RunningAgent next = await RunningAgent.StartAsync(config, _place);
        Assert.Equal(["workload-0123456789abcdef0123456789abcdef"], Left());
        await next.Log.WaitForAsync("removed what a former agent has left: " + _place["work"]);
    }

    private string[] Left() => [.. Directory.GetFileSystemEntries(_place["work"]).Select(path => Path.GetFileName(path))];
}
