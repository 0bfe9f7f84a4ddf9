using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Testing;
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
    public async Task A_program_that_a_stopping_agent_has_ended_was_not_cancelled()
    {
        await using WorkloadClient client = await WorkloadClient.DialAsync(Endpoint, null, Token);
        using var guestctl = Guestctl.Start(Endpoint, "run", "-r", "sh", "-");
        await guestctl.WriteAsync("echo up; exec sleep 600"u8.ToArray());
        guestctl.CloseInput();
        Assert.Equal("up", await guestctl.ReadLineAsync());
        await client.SendAsync(new WorkloadRequest("sh") { Code = "echo up; exec sleep 600" }, Token);
        await using IAsyncEnumerator<WorkloadLog> lines = client.StreamLogsAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await lines.MoveNextAsync());

        Assert.Equal(0, await _agent.StopAsync());

        WorkloadException e = await Assert.ThrowsAsync<WorkloadException>(async () => await lines.MoveNextAsync());
        Assert.Equal((WorkloadFailure.AgentStopping, "up"), (e.Reason, Assert.Single(e.Logs).Line));
        ProgramRun run = await guestctl.EndAsync();
        Assert.Equal(69, run.ExitCode);
        Assert.Contains("the agent stops", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_packed_here_and_unpacked_there()
    {
        string source = _agent.Directory["source"];
        Directory.CreateDirectory(source + "/lib/" + new string('d', 120));
        Directory.CreateDirectory(source + "/empty");
        await File.WriteAllTextAsync(source + "/-dash", "", Token);
        await File.WriteAllTextAsync(source + "/main.sh", "ls; cat lib/*/*", Token);
        await File.WriteAllTextAsync($"{source}/lib/{new string('d', 120)}/{new string('f', 200)}", "from afar\n", Token);

        ProgramRun run = await Guestctl.RunAsync(Endpoint, "run", "--runtime", "sh", source);

        Assert.Equal((0, "-dash\nempty\nlib\nmain.sh\nfrom afar\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task What_no_request_can_have_is_told_before_it_is_read_to_its_end()
    {
        string source = _agent.Directory["source"];
        Directory.CreateDirectory(source);
        byte[] noise = new byte[13 << 20];
        new Random(5).NextBytes(noise);
        await File.WriteAllBytesAsync(source + "/noise", noise, Token);

        ProgramRun archive = await Guestctl.RunAsync(Endpoint, "run", "-r", "sh", source);
        Assert.Equal(
            (64, $"guestctl: {source} is too long: a request has at most 16 MiB, with its archive in base64\n"),
            (archive.ExitCode, archive.Error));
        ProgramRun endless = await Guestctl.RunAsync(Endpoint, "run", "-r", "sh", "/dev/zero");
        Assert.Equal(
            (64, "guestctl: /dev/zero is too long: a request has at most 16 MiB\n"),
            (endless.ExitCode, endless.Error));
        ProgramRun both = await Guestctl.RunWithInputAsync(
            "cat"u8.ToArray(), Endpoint, "run", "-r", "sh", "--input", source + "/noise", "-");
        Assert.Equal(64, both.ExitCode);
        Assert.StartsWith("guestctl: the program and its input are too long", both.Error, StringComparison.Ordinal);
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
    public async Task The_runtimes_that_there_are_are_completed_and_named_where_another_is_asked_for()
    {
        const string Line = "guestctl run -r ";
        ProgramRun completed = await Guestctl.RunAsync(Endpoint, $"[suggest:{Line.Length}]", Line);
        Assert.Equal((0, "node\npython\nsh\nsh-elsewhere\n", ""), (completed.ExitCode, completed.Output, completed.Error));
        ProgramRun refused = await Guestctl.RunWithInputAsync([], Endpoint, "run", "-r", "cobol", "-");
        Assert.Equal(
            (77, "guestctl: The policy has no runtime cobol. It has node, python, sh, sh-elsewhere.\n"),
            (refused.ExitCode, refused.Error));
        ProgramRun nobody = await Guestctl.RunAsync(_agent.Directory["nobody"], $"[suggest:{Line.Length}]", Line);
        Assert.Equal((0, "", ""), (nobody.ExitCode, nobody.Output.Trim(), nobody.Error));
    }

    [Fact]
    public async Task A_program_in_a_file_is_run_and_one_that_is_not_there_is_named()
    {
        await File.WriteAllTextAsync(_agent.Directory["program"], "echo from a file", Token);

        ProgramRun run = await Guestctl.RunAsync(Endpoint, "run", "-r", "sh", _agent.Directory["program"]);
        Assert.Equal((0, "from a file\n", ""), (run.ExitCode, run.Output, run.Error));
        ProgramRun none = await Guestctl.RunAsync(Endpoint, "run", "-r", "sh", _agent.Directory["none"]);
        Assert.Equal(
            (66, $"guestctl: cannot read {_agent.Directory["none"]}: No such file or directory\n"), (none.ExitCode, none.Error));
    }

    [Fact]
    public async Task An_interrupt_ends_the_program_in_the_guest()
    {
        string mark = MarkedProcesses.NewMark();
        using var run = Guestctl.Start(
            Endpoint, "run", "-r", "sh", "--env", $"{MarkedProcesses.Variable}={mark}", "-");
        await run.WriteAsync("echo started; exec sleep 1000"u8.ToArray());
        run.CloseInput();
        Assert.Equal("started", await run.ReadLineAsync());
        Assert.NotEmpty(MarkedProcesses.Alive(mark));
        run.Signal(Signals.Interrupt);

        Assert.Equal(130, (await run.EndAsync()).ExitCode);
        Assert.Empty(MarkedProcesses.Alive(mark));
    }

    [Fact]
    public async Task A_host_that_sleeps_makes_the_program_wait_and_loses_nothing()
    {
        const int Lines = 50_000;
        await using WorkloadClient client = await WorkloadClient.DialAsync(Endpoint, null, Token);
        await client.SendAsync(
            new WorkloadRequest("sh") { Code = $"yes {new string('x', 79)} | head -n {Lines}; touch {_agent.Directory["shared/done"]}" }, Token);
        long offset = 0;
        int count = 0;
        await foreach (WorkloadLog log in client.StreamLogsAsync(Token))
        {
            if (count++ == 0)
            {
                // What fits into pipes, sockets and buffers is far less than all.
                Assert.False(File.Exists(_agent.Directory["shared/done"]));
            }

            Assert.Equal(offset, log.Offset);
            offset += log.Line.Length + 1;
        }

        Assert.Equal(Lines, count);
        Assert.Equal(80L * Lines, offset);
    }

    [Fact]
    public async Task Neither_side_keeps_what_a_reader_that_sleeps_has_not_taken()
    {
        const int Lines = 500_000;
        await OneLineAsync();
        long before = _agent.Facts.PeakBytes;
        ProgramRun run = await ProgramRun.StartAsync(TestHost.Path, "lines", Endpoint, $"{Lines}", "80", "1500");

        // 40 MB of lines, each of which the reader has checked.
        string[] words = run.Output.TrimEnd('\n').Split('\n')[^1].Split(' ');
        Assert.Equal((0, "lines", $"{Lines}", "kilobytes"), (run.ExitCode, words[0], words[1], words[4]));
        Assert.InRange(_agent.Facts.PeakBytes - before, 0, 20 << 20);
        Assert.InRange(long.Parse(words[5], System.Globalization.CultureInfo.InvariantCulture), 1, 40 << 10);
    }

    [Fact]
    public async Task A_request_that_the_guest_does_not_read_ends_with_its_deadline()
    {
        using var guest = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        guest.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_agent.Directory["deaf"]));
        guest.Listen();
        await using WorkloadClient client = await WorkloadClient.DialAsync("unix://" + _agent.Directory["deaf"], null, Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Task sending = client.SendAsync(new WorkloadRequest("sh") { Code = new string('x', 15 << 20) }, deadline.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TestTimeouts.Answer, Token));
    }

    private async Task OneLineAsync()
    {
        await using WorkloadClient client = await WorkloadClient.DialAsync(Endpoint, null, Token);
        await client.RunAsync(new WorkloadRequest("sh") { Code = "echo once" }, null, Token);
    }

    private async Task<string> InputAsync()
    {
        await File.WriteAllTextAsync(_agent.Directory["input"], "given\n", Token);
        return _agent.Directory["input"];
    }
}
