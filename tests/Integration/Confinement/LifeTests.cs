using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>How a confined program ends, and that nothing of it is left.</summary>
public sealed class LifeTests
{
    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 127", 127, null)]
    [InlineData("kill -9 $$", -1, 9)]
    [InlineData("kill -15 $$", -1, 15)]
    [InlineData("kill -6 $$", -1, 6)]
    [InlineData("kill -- -$$", -1, 15)]
    [InlineData("trap '' TERM INT HUP USR1; kill -TERM $$; kill -INT 1; kill -TERM 1; kill -KILL 1; exit 3", 3, null)]
    public async Task Exit_codes_and_signals_are_told_apart(string code, int exitCode, int? signal)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        using OriginalHost host = await OriginalHost.ConnectAsync(agent.Running.SocketPath);
        JsonObject request = WorkloadAgent.Script(code, 60);
        request["features"] = new JsonArray("details");
        await host.SendAsync(request);
        JsonObject response = (await host.ReadAsync())!["response"]!.AsObject();

        Assert.Equal((exitCode, signal), (response["exit_code"]!.GetValue<int>(), response["signal"]?.GetValue<int>()));
        Assert.Null(response["error"]);
    }

    [Fact]
    public async Task Orphans_are_reaped_while_it_runs()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");

        // Each inner shell leaves a child to the init; none of the twenty stays a zombie.
        Assert.Equal(
            ["0"],
            await agent.LinesAsync(
                """
                i=0; while [ $i -lt 20 ]; do sh -c '(exit 3 &)'; i=$((i+1)); done
                until [ "$(cat /proc/[0-9]*/stat 2> /dev/null | grep -c ') Z ')" = 0 ]; do sleep 0.05; done
                cat /proc/[0-9]*/stat 2> /dev/null | grep -c ') Z '; true
                """));
    }

    [Fact]
    public async Task It_ends_with_all_that_it_has_started_when_its_init_is_killed()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        string mark = MarkedProcesses.NewMark();
        using OriginalHost host = await agent.BeginAsync(mark, "setsid sleep 1000 & (setsid sleep 1000 &) ; echo started; wait");
        int init = Assert.Single(agent.Running.Facts.Children);
        Signals.Send(init, Signals.Kill);

        Assert.Equal(-1, (await host.FinishAsync()).Response["exit_code"]!.GetValue<int>());
        Assert.Empty(MarkedProcesses.Alive(mark));
        Assert.Empty(Directory.GetFileSystemEntries(agent.Place["work"]));
    }

    [Fact]
    public async Task It_ends_with_all_that_it_has_started_when_the_agent_is_killed()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        string mark = MarkedProcesses.NewMark();
        using OriginalHost host = await agent.BeginAsync(mark, "setsid sleep 1000 & echo started; wait");
        int init = Assert.Single(agent.Running.Facts.Children);
        await agent.Running.KillAsync();

        await Bounded.UntilAsync(
            () => MarkedProcesses.Alive(mark).Count == 0 && !new ProcessFacts(init).IsAlive, () => "the end of the program");
    }

    [Fact]
    public async Task Signals_of_its_host_reach_it_and_its_process_group()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["runtimes"] = new JsonObject
                {
                    ["sh"] = new JsonObject { ["command"] = "/bin/sh", ["file"] = "main.sh", ["directory"] = "/var/tmp" },
                },
            },
        });
        using RawClient host = await agent.ConnectAsync();
        await host.SendAsync(Requests.Call(1, "run_workload", new JsonObject
        {
            ["runtime"] = "sh",
            ["code"] = "trap 'echo user' USR1; trap 'echo term; exit 5' TERM; echo started; while :; do sleep 0.05; done",
            ["stream"] = true,
        }));
        Assert.Equal("started\n", Output(await host.ReadAsync()));
        await host.SendAsync(Signal(10, group: false));
        // The reply and the output come in the order in which they are ready.
        JsonObject[] answers = [await host.ReadAsync(), await host.ReadAsync()];
        Assert.Single(answers, message => message.ContainsKey("result"));
        Assert.Equal("user\n", Output(answers.Single(message => message.ContainsKey("params"))));
        await host.SendAsync(Signal(15, group: true));

        // Between them the shell may say that its sleep was ended too, as it is of the group.
        JsonObject message;
        do
        {
            message = await host.ReadAsync();
        }
        while (message["id"]?.GetValue<int>() != 1);

        Assert.Equal(5, message.Result()["exit_code"]!.GetValue<int>());

        static string Signal(int number, bool group) =>
            Requests.Call(2, "exec_signal", new JsonObject { ["id"] = 1, ["signal"] = number, ["group"] = group });

        static string Output(JsonObject message) =>
            System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(message["params"]!["data"]!.GetValue<string>()));
    }

    [Fact]
    public async Task As_many_processes_as_its_rule_says_are_all_that_it_gets()
    {
        // A user of its own: without a cgroup the kernel counts all processes of the user.
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("games", new() { ["max_processes"] = 20 });

        List<string> lines = await agent.LinesAsync(
            """
            import os, signal
            children = []
            try:
                while len(children) < 1000:
                    child = os.fork()
                    if child == 0:
                        signal.pause()
                    children.append(child)
            except BlockingIOError:
                print("bounded")
            print(10 <= len(children) <= 24)
            """,
            "python");

        Assert.Equal(["bounded", "True"], lines);
    }
}
