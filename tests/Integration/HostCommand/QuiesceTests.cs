using System.Globalization;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl quiesce</c>: a guest that is left alone while a program of the host runs.</summary>
public sealed class QuiesceTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Theory]
    [InlineData("no-such-program", 127)]
    [InlineData("/no/such/program", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task A_program_that_cannot_be_run_is_told(string program, int code)
    {
        ProgramRun run = await Guestctl.RunAsync(_agent.SocketPath, "quiesce", program);
        Assert.Equal((code, $"guestctl: cannot run {program} on this host\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Nothing_is_run_where_no_guest_can_be_brought_to_rest()
    {
        string mark = _agent.Directory["mark"];
        ProgramRun run = await Guestctl.RunAsync(_agent.Directory["nobody"], "quiesce", "touch", mark);
        Assert.Equal((69, false), (run.ExitCode, File.Exists(mark)));
    }

    [Theory]
    [InlineData(0, "quiet: nothing is under way and nothing unread, a snapshot may be taken\n", "quiesce")]
    [InlineData(0, "{\"quiet\":true}\n", "--json", "quiesce", "--within", "60")]
    [InlineData(64, "", "quiesce", "--within", "0")]
    public async Task Without_a_program_it_tells_when_the_guest_is_at_rest(int code, string output, params string[] words)
    {
        ProgramRun run = await Guestctl.RunAsync(_agent.SocketPath, words);
        Assert.Equal((code, output), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData(7, "sh", "-c", "echo -n out; exit 7")]
    [InlineData(7, "--within", "9", "--", "sh", "-c", "echo -n out; exit 7")]
    [InlineData(143, "sh", "-c", "echo -n out; kill $$")]
    [InlineData(0, "printf", "%s", "out")]
    public async Task A_program_has_its_options_its_outputs_and_its_exit_code(int code, params string[] words)
    {
        ProgramRun run = await Guestctl.RunAsync(_agent.SocketPath, ["quiesce", .. words]);
        Assert.Equal((code, "out", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_program_reads_our_input()
    {
        ProgramRun run = await Guestctl.RunWithInputAsync("given"u8.ToArray(), _agent.SocketPath, "quiesce", "cat");
        Assert.Equal((0, "given"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_signal_goes_on_to_the_program_and_its_end_is_waited_for(int signal)
    {
        using Guestctl run = Guestctl.Start(
            _agent.SocketPath, "quiesce", "sh", "-c", "trap 'echo got it; exit 5' INT TERM; echo $$; while :; do sleep 0.05; done");
        int pid = int.Parse(await run.ReadLineAsync(), CultureInfo.InvariantCulture);
        run.Signal(signal);
        Assert.Equal("got it", await run.ReadLineAsync());
        Assert.Equal(5, (await run.EndAsync()).ExitCode);
        Assert.False(new ProcessFacts(pid).IsAlive);
    }

    [Fact]
    public async Task The_guest_is_asked_nothing_meanwhile_and_serves_others_as_before()
    {
        using Guestctl run = Guestctl.Start(_agent.SocketPath, "quiesce", "sh", "-c", "echo up; read end");
        Assert.Equal("up", await run.ReadLineAsync());
        using RawClient other = await _agent.ConnectAsync();
        Assert.True((await other.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
        run.CloseInput();
        Assert.NotEqual(69, (await run.EndAsync()).ExitCode);
    }
}
