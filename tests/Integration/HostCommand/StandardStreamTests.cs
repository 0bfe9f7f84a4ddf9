using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>guestctl with standard descriptors that are closed, open the other way or no streams.</summary>
public sealed class StandardStreamTests : IDisposable
{
    private const int NoInput = 66;
    private const int OutputError = 74;

    private readonly TemporaryDirectory _guest = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["commands"] = "any",
            ["read_paths"] = new JsonArray(_guest.Path),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    public static TheoryData<string, string> UnreadableInputs()
    {
        string[] readers =
        [
            "exec --stdin -- tee D/x", "exec --stdin=- -- tee D/x", "exec --stdin --json -- tee D/x", "cp - :D/x", "cp -p - :D/x",
            "--json cp - :D/x", "call get_agent_info -", "run -r sh -", "run -r sh --input - /dev/null",
        ];
        string[] inputs = ["<&-", "0>/dev/null", "</tmp", "0>>/dev/zero"];
        var data = new TheoryData<string, string>();
        foreach (string reader in readers)
        {
            foreach (string input in inputs)
            {
                data.Add(reader, input);
            }
        }

        data.Add("exec --stdin -- tee D/x", "<&- >/dev/null");
        data.Add("cp - :D/x", "<&- 2>/dev/null");
        data.Add("cp - :D/x", "</proc");
        data.Add("cp - :D/x", "</");
        return data;
    }

    public static TheoryData<string, string> UnwritableOutputs()
    {
        string[] writers =
        [
            "exec -- touch D/x", "exec --json -- touch D/x", "--json cp D/f :D/x", "--json mkdir D/x", "--json mv D/f D/x", "--json rm D/f",
            "cp :D/f -", "cat D/f", "ls D", "stat D", "ping", "info", "df", "ip", "time", "call get_agent_info", "top --once",
            "--json wait", "--help", "exec --help", "completion bash", "--version",
        ];
        string[] outputs = [">&-", "1</dev/null", "1</tmp"];
        var data = new TheoryData<string, string>();
        foreach (string writer in writers)
        {
            foreach (string output in outputs)
            {
                data.Add(writer, output);
            }
        }

        data.Add("exec -- touch D/x", "<&- >&-");
        data.Add("exec -- touch D/x", "<&- >&- 2>&-");
        data.Add("exec -- touch D/x", ">&- 2>&-");
        data.Add("ls D", "<&- >&- 2>&-");
        return data;
    }

    [Theory]
    [MemberData(nameof(UnreadableInputs))]
    public async Task Input_that_cannot_be_read_is_told_before_anything_happens_in_the_guest(string verb, string redirection)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await RunAsync(agent, verb, redirection);
        Assert.Equal(NoInput, run.ExitCode);
        Assert.True(redirection.Contains("2>", StringComparison.Ordinal) || run.ErrorLines is [['g', ..]]);
        Assert.Empty(Directory.GetFileSystemEntries(_guest.Path));
        Assert.DoesNotContain("exec_command", agent.Log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UnwritableOutputs))]
    public async Task Output_that_cannot_be_written_is_told_before_anything_happens_in_the_guest(string verb, string redirection)
    {
        await File.WriteAllTextAsync(_guest["f"], "text", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await RunAsync(agent, verb, redirection);
        Assert.Equal((OutputError, ""), (run.ExitCode, run.Output));
        Assert.True(redirection.Contains("2>", StringComparison.Ordinal) || run.ErrorLines is [['g', ..]]);
        Assert.Equal([_guest["f"]], Directory.GetFileSystemEntries(_guest.Path));
    }

    [Theory]
    [InlineData("cat D/f")]
    [InlineData("cp :D/f -")]
    [InlineData("ls D")]
    [InlineData("exec -- echo x")]
    [InlineData("exec --json -- echo x")]
    [InlineData("exec -- yes")]
    [InlineData("--json stat D")]
    [InlineData("call ping")]
    [InlineData("--help")]
    [InlineData("cp --help")]
    [InlineData("completion fish")]
    public async Task A_full_output_is_told(string verb)
    {
        await File.WriteAllTextAsync(_guest["f"], "text", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await RunAsync(agent, verb, ">/dev/full");
        Assert.Equal(OutputError, run.ExitCode);
        Assert.Contains("No space left", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData("<&- >&-")]
    [InlineData("<&- 2>&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData("2</dev/null")]
    [InlineData("2>/dev/full")]
    public async Task What_a_verb_does_not_use_may_be_closed(string redirection)
    {
        await File.WriteAllTextAsync(_guest["f"], "text", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        Assert.Equal(0, (await RunAsync(agent, "mkdir D/d", redirection)).ExitCode);
        Assert.Equal(0, (await RunAsync(agent, "mv D/f D/g", redirection)).ExitCode);
        Assert.Equal(0, (await RunAsync(agent, "cp D/g :D/d/", redirection)).ExitCode);
        Assert.Equal(0, (await RunAsync(agent, "cp :D/g D/h", redirection)).ExitCode);
        Assert.Equal(0, (await RunAsync(agent, "rm -r D/d", redirection)).ExitCode);
        Assert.Equal(0, (await RunAsync(agent, "wait", redirection)).ExitCode);
        Assert.Equal(NoInput, (await RunAsync(agent, "rm D/none", redirection)).ExitCode);
        Assert.Equal("text", await File.ReadAllTextAsync(_guest["h"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("<&-", "out\n")]
    [InlineData("2>&-", "out\n")]
    [InlineData("<&- 2>&-", "out\n")]
    public async Task A_command_needs_no_more_than_its_output(string redirection, string output)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await RunAsync(agent, "exec -- sh -c 'echo err >&2; echo out'", redirection);
        Assert.Equal((0, output), (run.ExitCode, run.Output));
        Assert.Equal(redirection.Contains("2>", StringComparison.Ordinal) ? "" : "err\n", run.Error);
    }

    [Fact]
    public async Task Nohup_on_a_terminal_takes_the_input_away()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        using TerminalRun terminal = TerminalRun.Start(
            $"cd {_guest.Path}; nohup {Guestctl.Path} -g {agent.SocketPath} exec --stdin -- touch x; echo \"ended with $?\"");
        await terminal.ShowsAsync($"ended with {NoInput}");
        await terminal.EndAsync();
        Assert.False(File.Exists(_guest["x"]));
    }

    [Fact]
    public async Task Input_shares_its_place_in_a_file_with_whoever_reads_on()
    {
        await File.WriteAllTextAsync(_guest["f"], "first", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await ProgramRun.StartAsync(
            "bash",
            "-c",
            $"(head -c 2 >/dev/null; {Guestctl.Path} -g {agent.SocketPath} exec --stdin -- cat; cat) < {_guest["f"]}");
        Assert.Equal("first", "fi" + run.Output.PadLeft(3)[^3..]);
    }

    [Fact]
    public async Task Nobody_waits_for_input_after_an_interrupt()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        using Guestctl guestctl = Guestctl.Start(agent.SocketPath, "cp", "-", $":{_guest["x"]}");
        await Bounded.UntilAsync(
            () => agent.Log.ToString().Contains("file_upload_open", StringComparison.Ordinal), () => "the upload to begin");
        guestctl.Signal(Signals.Interrupt);
        ProgramRun run = await guestctl.EndAsync();
        Assert.Equal(130, run.ExitCode);
    }

    public void Dispose() => _guest.Dispose();

    private Task<ProgramRun> RunAsync(RunningAgent agent, string verb, string redirection) => ProgramRun.StartAsync(
        "bash",
        "-c",
        $"{Guestctl.Path} -g {agent.SocketPath} {Regex.Replace(verb, @"\bD\b", _guest.Path)} {redirection}");
}
