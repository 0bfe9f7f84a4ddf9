using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Support;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>The host library and <c>guestctl run</c> against the agent.</summary>
public sealed class HostLibraryTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Endpoint => "unix://" + _agent.SocketPath;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task A_program_runs_with_its_lines_told_apart()
    {
        await using WorkloadClient client = await WorkloadClient.DialAsync(Endpoint, null, Token);
        List<WorkloadLog> logs = [];
        WorkloadResult result =
            await client.RunAsync(new WorkloadRequest("sh") { Code = "echo out; echo err >&2; exit 4" }, logs.Add, Token);

        Assert.Equal(4, result.ExitCode);
        Assert.False(result.OutputTruncated);
        Assert.Equal(
            [new WorkloadLog("err", "stderr", 0), new WorkloadLog("out", "stdout", 0)], logs.OrderBy(log => log.Line));
    }

    [Fact]
    public async Task A_directory_is_packed_here_and_unpacked_there()
    {
        string source = _agent.Directory["source"];
        Directory.CreateDirectory(source + "/lib/" + new string('d', 120));
        await File.WriteAllTextAsync(source + "/main.sh", "cat lib/*/*", Token);
        await File.WriteAllTextAsync($"{source}/lib/{new string('d', 120)}/{new string('f', 200)}", "from afar\n", Token);

        ProgramRun run = await Guestctl.RunAsync(Endpoint, "run", "--runtime", "sh", source);

        Assert.Equal((0, "from afar\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task The_command_passes_text_input_variables_and_the_exit_code()
    {
        ProgramRun run = await Guestctl.RunWithInputAsync(
            "cat; echo $GREETING; echo oops >&2; exit 9"u8.ToArray(),
            Endpoint,
            "run", "-r", "sh", "--input", await InputAsync(), "--env", "GREETING=hello", "-");

        Assert.Equal((9, "given\nhello\n", "oops\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("sh", "sleep 100", 124)]
    [InlineData("cobol", "", 77)]
    [InlineData("sh", "kill -9 $$", 137)]
    public async Task What_does_not_end_well_has_its_exit_code(string runtime, string code, int exitCode)
    {
        ProgramRun run = await Guestctl.RunWithInputAsync(
            System.Text.Encoding.UTF8.GetBytes(code), Endpoint, "run", "-r", runtime, "--timeout", "1", "-");

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task An_interrupt_ends_the_program_in_the_guest()
    {
        using var run = Guestctl.Start(Endpoint, "run", "-r", "sh", "-");
        await run.WriteAsync("echo $$; exec sleep 1000"u8.ToArray());
        run.CloseInput();
        int pid = int.Parse(await run.ReadLineAsync(), System.Globalization.CultureInfo.InvariantCulture);
        run.Signal(Signals.Interrupt);

        Assert.Equal(130, (await run.EndAsync()).ExitCode);
        Assert.False(new ProcessFacts(pid).IsAlive);
    }

    [Fact]
    public async Task A_host_that_sleeps_makes_the_program_wait_and_loses_nothing()
    {
        const int Lines = 50_000;
        await using WorkloadClient client = await WorkloadClient.DialAsync(Endpoint, null, Token);
        await client.SendAsync(
            new WorkloadRequest("sh") { Code = $"yes {new string('x', 79)} | head -n {Lines}; touch {_agent.Directory["done"]}" }, Token);
        long offset = 0;
        int count = 0;
        await foreach (WorkloadLog log in client.StreamLogsAsync(Token))
        {
            if (count++ == 0)
            {
                // What fits into pipes, sockets and buffers is far less than all.
                Assert.False(File.Exists(_agent.Directory["done"]));
            }

            Assert.Equal(offset, log.Offset);
            offset += log.Line.Length + 1;
        }

        Assert.Equal(Lines, count);
        Assert.Equal(80L * Lines, offset);
    }

    private async Task<string> InputAsync()
    {
        await File.WriteAllTextAsync(_agent.Directory["input"], "given\n", Token);
        return _agent.Directory["input"];
    }
}
