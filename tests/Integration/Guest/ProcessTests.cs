using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Guest;

/// <summary>Processes that the agent has not started.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly AgentConfig Config = new()
    {
        Policy = new JsonObject { ["list_processes"] = true, ["signal_processes"] = true },
    };

    // A shell that waits for a line of input.
    private readonly Process _sleeper = Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", "read line", "a b", "ü"]) { RedirectStandardInput = true })!;

    public void Dispose()
    {
        if (!_sleeper.HasExited)
        {
            _sleeper.Kill();
            _sleeper.WaitForExit();
        }

        _sleeper.Dispose();
    }

    [Fact]
    public async Task A_process_is_listed_and_ended_if_it_is_the_one_that_was_listed()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        using RawClient client = await agent.ConnectAsync();
        JsonObject parameters = new() { ["after"] = _sleeper.Id - 1, ["limit"] = 1 };

        // Between fork and exec it still is the test.
        await Bounded.UntilAsync(
            () => File.ReadAllText($"/proc/{_sleeper.Id}/comm").Trim() == "sh", () => "the program in its process");
        JsonObject listed =
            (await client.ExchangeAsync(Requests.Call(1, "process_list", parameters))).Result()["processes"]![0]!.AsObject();
        Assert.Equal((_sleeper.Id, Environment.ProcessId, "sh"), (listed.Number("pid"), listed.Number("parent_pid"), listed.Text("name")));
        Assert.Equal(["/bin/sh", "-c", "read line", "a b", "ü"], listed["arguments"]!.AsArray().Select(a => a!.GetValue<string>()));

        long started = listed.Number("started_ms");
        JsonObject wrong = Signal(15, started - 5000);
        Assert.Equal("started_ms", (await client.ExchangeAsync(Requests.Call(2, "process_signal", wrong))).ErrorRule());
        Assert.False(_sleeper.HasExited);
        Assert.True((await client.ExchangeAsync(Requests.Call(3, "process_signal", Signal(9, started)))).Result().Flag("sent"));
        await _sleeper.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Answer, TestContext.Current.CancellationToken);
        Assert.Equal("process", (await client.ExchangeAsync(Requests.Call(4, "process_signal", Signal(9, null)))).ErrorRule());
    }

    [Fact]
    public async Task The_agent_and_its_parents_are_never_signalled()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        using RawClient client = await agent.ConnectAsync();
        foreach (int pid in (int[])[agent.Facts.Pid, Environment.ProcessId])
        {
            // SIGCONT: were it sent, it would do no harm.
            JsonObject parameters = new() { ["pid"] = pid, ["signal"] = 18 };
            Assert.Equal("protected_process", (await client.ExchangeAsync(Requests.Call(1, "process_signal", parameters))).ErrorRule());
        }
    }

    [Fact]
    public async Task A_thread_is_no_process()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        using RawClient client = await agent.ConnectAsync();
        int thread = Directory.GetDirectories($"/proc/{agent.Facts.Pid}/task")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).First(id => id != agent.Facts.Pid);
        JsonObject parameters = new() { ["pid"] = thread, ["signal"] = 18 };
        Assert.Equal("process", (await client.ExchangeAsync(Requests.Call(1, "process_signal", parameters))).ErrorRule());
    }

    private JsonObject Signal(int signal, long? started) =>
        new() { ["pid"] = _sleeper.Id, ["signal"] = signal, ["started_ms"] = started };
}
