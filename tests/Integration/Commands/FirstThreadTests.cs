using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>Processes whose first thread has ended before the others: the kernel calls them zombies, and they run.</summary>
public sealed class FirstThreadTests
{
    // Writes the number of a process that is in a session of its own, without a parent among the command's, and without its first thread.
    private const string Program =
        """
        import ctypes, os, platform, sys, threading, time
        exit_thread = {"x86_64": 60, "aarch64": 93}[platform.machine()]
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            null = os.open("/dev/null", os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            def run():
                while open("/proc/self/task/%d/stat" % os.getpid()).read().rsplit(")", 1)[1].split()[0] != "Z":
                    time.sleep(0.01)
                with open(sys.argv[1] + ".new", "w") as out:
                    out.write(str(os.getpid()))
                os.rename(sys.argv[1] + ".new", sys.argv[1])
                while True:
                    time.sleep(1)
            threading.Thread(target=run).start()
            ctypes.CDLL(None).syscall(exit_thread, 0)
        while True:
            time.sleep(1)
        """;

    [Fact]
    public async Task They_are_ended_with_their_command()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithLimits(new JsonObject { ["kill_grace_seconds"] = 0.2 }));
        using RawClient client = await agent.ConnectAsync();
        ProcessFacts escaped = await StartAsync(agent, client);
        Assert.True(escaped.IsAlive);
        await client.SendAsync(Requests.Cancel("cancel", 1));
        await client.ReadAsync();
        await client.ReadAsync();
        Assert.False(escaped.IsAlive);
    }

    [Fact]
    public async Task They_are_listed_as_what_they_are_and_take_signals()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject { ["commands"] = "any", ["list_processes"] = true, ["signal_processes"] = true },
        });
        using RawClient client = await agent.ConnectAsync();
        ProcessFacts escaped = await StartAsync(agent, client);
        JsonObject parameters = new() { ["after"] = escaped.Pid - 1, ["limit"] = 1 };
        JsonObject listed =
            (await client.ExchangeAsync(Requests.Call(2, "process_list", parameters))).Result()["processes"]![0]!.AsObject();
        Assert.Equal((escaped.Pid, 2, "sleeping"), (listed.Number("pid"), listed.Number("threads"), listed.Text("state")));
        Assert.Equal(Program, listed["arguments"]![2]!.GetValue<string>());
        Assert.True(listed.Number("memory_kb") > 0);

        JsonObject signal = new() { ["pid"] = escaped.Pid, ["signal"] = 9 };
        Assert.True((await client.ExchangeAsync(Requests.Call(3, "process_signal", signal))).Result().Flag("sent"));
        await Bounded.UntilAsync(() => !escaped.IsAlive, () => "the end of the process");
    }

    private static async Task<ProcessFacts> StartAsync(RunningAgent agent, RawClient client)
    {
        string started = agent.Directory["started"];
        await client.SendAsync(Requests.Exec(1, "/usr/bin/python3", ["-c", Program, started]));
        await Bounded.UntilAsync(() => File.Exists(started), () => "the process without its first thread");
        string pid = await File.ReadAllTextAsync(started, TestContext.Current.CancellationToken);
        return new ProcessFacts(int.Parse(pid, CultureInfo.InvariantCulture));
    }
}
