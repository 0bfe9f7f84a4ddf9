using System.Diagnostics;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>
/// A host that the policy limits, together with somebody in the guest who exchanges what a path leads to, as fast as he can:
/// neither gets more than he had.
/// </summary>
public sealed class ExchangedLinkTests : IDisposable
{
    private const int Tries = 2_000;
    private const int Ahead = 20;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_link_of_a_guest_user_is_refused_wherever_it_leads()
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        string script = AddTrap();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules("""{"path":"/usr/bin/id"}"""));
        using var link = new SwappedLink(Path.Combine(his, "id"), "/usr/bin/id", script, GuestUser.Id);
        await EachIsRefusedAsync(agent, Path.Combine(his, "id"));
        AssertUntouched();
    }

    [Fact]
    public async Task A_directory_link_of_a_guest_user_is_refused_wherever_it_leads()
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        AddTrap();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules("""{"path":"/usr/bin/id"}"""));
        using var link = new SwappedLink(Path.Combine(his, "way"), "/usr/bin", _directory.Path, GuestUser.Id);
        await EachIsRefusedAsync(agent, Path.Combine(his, "way/id"));
        AssertUntouched();
    }

    [Fact]
    public async Task A_workload_of_the_host_cannot_exchange_it_either()
    {
        // Programs of a host have a /tmp of their own.
        using var place = new TemporaryDirectory("/var/tmp");
        place.OpenForAll();
        string shared = place["shared"];
        Directory.CreateDirectory(shared);
        string told = await GuestUser.MakeDirectoryAsync(place, "told");
        var config = new AgentConfig
        {
            Policy = new JsonObject
            {
                ["commands"] = new JsonArray(new JsonObject { ["path"] = "/usr/bin/id" }),
                ["runtimes"] = new JsonObject
                {
                    ["sh"] = new JsonObject
                    {
                        ["command"] = "/bin/sh",
                        ["file"] = "main.sh",
                        ["user"] = "nobody",
                        ["directory"] = shared,
                        ["write_paths"] = new JsonArray(told),
                    },
                },
            },
        };
        await using RunningAgent agent = await RunningAgent.StartAsync(config);
        using RawClient workload = await agent.ConnectAsync();
        // Where it writes is its own directory, to which the shared one leads.
        string code =
            $"""
            printf '#!/bin/sh\necho "$$" > {told}/touched\n' > trap; chmod 755 trap
            ln -s /usr/bin/id id
            pwd > {told}/where.new && mv {told}/where.new {told}/where
            while :; do ln -sf "$PWD/trap" next; mv -f next id; ln -sf /usr/bin/id next; mv -f next id; done
            """;
        await workload.SendAsync(Requests.Call(1, "run_workload", new JsonObject { ["runtime"] = "sh", ["code"] = code, ["timeout_seconds"] = 120 }));
        await Bounded.UntilAsync(() => File.Exists(Path.Combine(told, "where")), () => $"the workload to begin:\n{agent.Log}");
        string where = (await File.ReadAllTextAsync(Path.Combine(told, "where"), TestContext.Current.CancellationToken)).Trim();
        await EachIsRefusedAsync(agent, where + "/id");
        Assert.False(File.Exists(Path.Combine(told, "touched")), "the workload's own program has run with the agent's rights");
    }

    [Fact]
    public async Task A_link_through_another_mount_namespace_is_refused()
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        string script = AddTrap();
        bool allowed = (await ProgramRun.StartAsync("unshare", ["--mount", "--", "/bin/true"])).ExitCode == 0;
        Assert.SkipUnless(allowed, "namespaces are not allowed here");
        string[] other = ["--mount", "--propagation", "private", "--", "/bin/sh", "-c", $"mount --bind {script} /usr/bin/id && echo $$ && read end"];
        using var namespaced = Process.Start(new ProcessStartInfo("unshare", other)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string pid = (await namespaced.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WithinAsync(TestTimeouts.Start, "the namespace"))!;
        string program = $"/proc/{pid}/root/usr/bin/id";
        File.CreateSymbolicLink(Path.Combine(his, "id"), program);
        Directory.CreateDirectory(_directory["roots"]);
        File.CreateSymbolicLink(_directory["roots/id"], program);
        await GuestUser.GiveAsync(his);

        await using (RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules("""{"path":"/usr/bin/id"}""")))
        {
            using RawClient client = await agent.ConnectAsync();
            foreach (string way in new[] { Path.Combine(his, "id"), _directory["roots/id"], program })
            {
                AssertRefused(await client.ExchangeAsync(Requests.Exec(1, way)));
            }
        }

        await using (RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand))
        {
            using RawClient client = await agent.ConnectAsync();
            JsonObject reply = await client.ExchangeAsync(Requests.Exec(1, program));
            Assert.Equal((-32000, "ELOOP"), (reply.ErrorCode(), reply.Error()["data"]!.AsObject().Text("errno")));
        }

        await namespaced.StandardInput.WriteLineAsync();
        await namespaced.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TestTimeouts.Answer, TestContext.Current.CancellationToken);
        AssertUntouched();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nobody")]
    public async Task Nothing_starts_outside_of_the_working_directories(string? user)
    {
        string tree = await GuestUser.MakeDirectoryAsync(_directory, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "inside"));
        Directory.CreateDirectory(_directory["secret"], (UnixFileMode)0b111_101_101);
        var rule = new JsonObject { ["path"] = "/usr/bin/env", ["args"] = new JsonArray("pwd", "-P"), ["working_directories"] = new JsonArray(tree) };
        if (user is not null)
        {
            rule["user"] = user;
        }

        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(rule.ToJsonString()));
        using var link = new SwappedLink(Path.Combine(tree, "way"), "inside", "../secret", GuestUser.Id);
        using RawClient client = await agent.ConnectAsync();
        (int inside, int refused) = (0, 0);
        long start = Stopwatch.GetTimestamp();
        // A command as another user takes ten times as long. On a busy machine the link may stay as it is for a while.
        bool IsGoingOn(int done) => done < Tries / 10
            || ((inside == 0 || refused == 0) && Stopwatch.GetElapsedTime(start) < TestTimeouts.Bulk);
        for (int first = 0; IsGoingOn(first); first += Ahead)
        {
            string request = Requests.Exec(1, "env", ["pwd", "-P"], new JsonObject { ["working_directory"] = Path.Combine(tree, "way") });
            await client.SendAsync(string.Join('\n', Enumerable.Range(first, Ahead).Select(id => WithId(request, id))));
            for (int i = 0; i < Ahead; i++)
            {
                JsonObject reply = await client.ReadAsync();
                if (reply["result"] is JsonObject result)
                {
                    Assert.Equal(Path.Combine(tree, "inside") + "\n", result.Text("stdout"));
                    inside++;
                }
                else
                {
                    // Elsewhere, not there for a moment, or elsewhere only when the user went there.
                    Assert.Contains(reply.ErrorCode(), (int[])[-32001, -32000]);
                    refused++;
                }
            }
        }

        Assert.True(inside > 0 && refused > 0, $"{inside} inside, {refused} refused: the link was not exchanged");
    }

    private static string WithId(string request, int id) => request.Replace("\"id\":1,", $"\"id\":{id},", StringComparison.Ordinal);

    private static async Task EachIsRefusedAsync(RunningAgent agent, string command)
    {
        using RawClient client = await agent.ConnectAsync();
        long start = Stopwatch.GetTimestamp();
        int tries = 0;
        while (tries < Tries && Stopwatch.GetElapsedTime(start) < TestTimeouts.Bulk)
        {
            await client.SendAsync(string.Join('\n', Enumerable.Range(tries, Ahead).Select(id => Requests.Exec(id, command))));
            for (int i = 0; i < Ahead; i++, tries++)
            {
                AssertRefused(await client.ReadAsync());
            }
        }

        Assert.InRange(tries, 1_000, Tries);
    }

    private static void AssertRefused(JsonObject reply) => Assert.Equal((-32001, "policy.commands"), (reply.ErrorCode(), reply.ErrorRule()));

    private string AddTrap()
    {
        _directory.AddScript("id", $"#!/bin/sh\necho \"$$\" > {_directory["touched"]}\n");
        return _directory["id"];
    }

    private void AssertUntouched() => Assert.False(File.Exists(_directory["touched"]), "the guest user's program has run");
}
