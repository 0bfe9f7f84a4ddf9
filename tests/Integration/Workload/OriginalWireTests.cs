using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>Hosts of the system that the dialect comes from, unchanged, against the agent behind a VMM's socket.</summary>
public sealed class OriginalWireTests : IAsyncLifetime
{
    private const uint Port = 1024;

    private readonly TemporaryDirectory _directory = new();
    private RunningAgent _agent = null!;
    private HybridVsock _vmm = null!;

    private string VmmPath => _directory["v.sock"];

    public async ValueTask InitializeAsync()
    {
        _agent = await WorkloadAgent.StartAsync();
        _vmm = new HybridVsock(VmmPath);
        _vmm.Listen(Port, _agent.SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        await _vmm.DisposeAsync();
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_host_that_comes_before_the_agent_is_served_in_the_end()
    {
        _vmm.Close(Port);
        _vmm.Refused = count =>
        {
            if (count == 2)
            {
                _vmm.Listen(Port, _agent.SocketPath);
            }
        };

        (List<string> lines, JsonObject response) = await RunAsync("echo hello");

        Assert.Equal(["hello"], lines);
        Assert.Equal("""{"exit_code":0,"output":"hello\n"}""", response.ToJsonString());
    }

    [Fact]
    public async Task Lines_come_before_the_result()
    {
        (List<string> lines, JsonObject response) = await RunAsync("for i in 1 2 3 4 5; do echo line $i; done; exit 7");

        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5"], lines);
        Assert.Equal(7, response["exit_code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Input_environment_and_entrypoint_reach_the_program()
    {
        using OriginalHost host = await OriginalHost.DialAsync(VmmPath, Port);
        await host.SendAsync(new JsonObject
        {
            ["runtime"] = "sh",
            ["code"] = "cat; echo \"$GREETING from $0\"",
            ["input"] = Convert.ToBase64String("given\n"u8),
            ["env"] = new JsonObject { ["GREETING"] = "hello" },
            ["entrypoint"] = "src/run.sh",
            ["timeout_s"] = 0,
        });

        Assert.Equal(["given", "hello from src/run.sh"], (await host.FinishAsync()).Lines);
    }

    [Fact]
    public async Task A_runtime_without_a_rule_is_an_error_of_the_result()
    {
        (List<string> lines, JsonObject response) =
            await OriginalHost.RunAsync(_agent.SocketPath, new JsonObject { ["runtime"] = "cobol", ["code"] = "", ["timeout_s"] = 1 });

        Assert.Empty(lines);
        Assert.Equal(
            """{"exit_code":-1,"output":"","error":"The policy has no runtime cobol."}""", response.ToJsonString());
    }

    [Fact]
    public async Task A_snapshot_ends_the_program_and_the_next_host_is_served()
    {
        using OriginalHost host = await OriginalHost.DialAsync(VmmPath, Port);
        string mark = MarkedProcesses.NewMark();
        await host.SendAsync(WorkloadAgent.Marked(mark, "echo started; exec sleep 1000"));
        Assert.NotNull(await host.ReadAsync());
        Assert.NotEmpty(MarkedProcesses.Alive(mark));
        _vmm.Snapshot();

        await Bounded.UntilAsync(() => MarkedProcesses.Alive(mark).Count == 0, () => "the end of the program");
        Assert.Equal(["again"], (await RunAsync("echo again")).Lines);
    }

    [Fact]
    public async Task A_host_that_goes_ends_the_whole_tree()
    {
        string mark = MarkedProcesses.NewMark();
        using (OriginalHost host = await OriginalHost.DialAsync(VmmPath, Port))
        {
            await host.SendAsync(WorkloadAgent.Marked(mark, "sleep 1000 & echo started; wait"));
            Assert.NotNull(await host.ReadAsync());
            Assert.NotEmpty(MarkedProcesses.Alive(mark));
        }

        await Bounded.UntilAsync(() => MarkedProcesses.Alive(mark).Count == 0, () => "the end of both processes");
        await Bounded.UntilAsync(() => WorkloadAgent.Directories(_agent).Length == 0, () => "the end of its directory");
    }

    [Fact]
    public async Task Many_hosts_at_once_have_directories_of_their_own_that_are_removed()
    {
        (List<string> Lines, JsonObject Response)[] runs =
            await Task.WhenAll(Enumerable.Range(0, 24).Select(i => RunAsync($"pwd; cat main.sh | tail -n 1 # {i}")));

        Assert.Equal(24, runs.Select(run => run.Lines[0]).Distinct().Count());
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    private async Task<(List<string> Lines, JsonObject Response)> RunAsync(string script)
    {
        using OriginalHost host = await OriginalHost.DialAsync(VmmPath, Port);
        await host.SendAsync(WorkloadAgent.Script(script));
        return await host.FinishAsync();
    }
}
