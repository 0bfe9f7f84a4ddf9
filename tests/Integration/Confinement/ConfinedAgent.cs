using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>An agent that runs programs of hosts, as a user without rights or as root, and short ways to run one.</summary>
internal sealed class ConfinedAgent : IAsyncDisposable
{
    private readonly RunningAgent _agent;

    private ConfinedAgent(RunningAgent agent) => _agent = agent;

    /// <summary>Its directory, which every user may enter; programs have theirs in <c>work</c>.</summary>
    public TemporaryDirectory Place => _agent.Directory;

    public RunningAgent Running => _agent;

    /// <summary>Starts it.</summary>
    /// <param name="user">Whom programs run as; null for root.</param>
    /// <param name="rule">Members of the runtimes' rules besides.</param>
    /// <param name="wrapper">A command that becomes the agent.</param>
    public static async Task<ConfinedAgent> StartAsync(
        string? user, JsonObject? rule = null, IReadOnlyList<string>? wrapper = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can confine programs and become another user");
        JsonObject members = rule ?? [];
        if (user is not null)
        {
            members["user"] = user;
        }

        return new ConfinedAgent(await WorkloadAgent.StartAsync(rule: members, wrapper: wrapper));
    }

    /// <summary>Runs a program to its end.</summary>
    public Task<(List<string> Lines, JsonObject Response)> RunAsync(string code, string runtime = "sh", double seconds = 60) =>
        OriginalHost.RunAsync(_agent.SocketPath, WorkloadAgent.Script(code, seconds, runtime));

    /// <summary>Runs a program that must end with 0, and gives its lines.</summary>
    public async Task<List<string>> LinesAsync(string code, string runtime = "sh")
    {
        (List<string> lines, JsonObject response) = await RunAsync(code, runtime);
        Assert.Equal((0, null), (response["exit_code"]!.GetValue<int>(), response["error"]?.GetValue<string>()));
        return lines;
    }

    /// <summary>Begins a program whose processes can be found; it must write a line at once.</summary>
    public async Task<OriginalHost> BeginAsync(string mark, string code)
    {
        OriginalHost host = await OriginalHost.ConnectAsync(_agent.SocketPath);
        await host.SendAsync(WorkloadAgent.Marked(mark, code, seconds: 60));
        Assert.NotNull(await host.ReadAsync());
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }
}
