using System.Text;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary><c>guestctl run</c> gives what the program writes, byte by byte.</summary>
public sealed class RunOutputTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Theory]
    [InlineData("printf a")]
    [InlineData("printf 'a\\n'")]
    [InlineData("printf 'a\\r\\nb\\r\\n'")]
    [InlineData("printf 'a\\r'")]
    [InlineData("printf '\\n\\n\\n'")]
    [InlineData("printf ''")]
    [InlineData("printf '\\200\\377\\376\\000\\001'")]
    [InlineData("printf '\\303'; sleep 0.2; printf '\\274'")]
    [InlineData("printf 'a\\nb'")]
    [InlineData("head -c 1048577 /dev/zero | tr '\\0' x")]
    [InlineData("head -c 1048576 /dev/zero | tr '\\0' x; echo")]
    [InlineData("head -c 3000000 /dev/zero")]
    [InlineData("i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\"; i=$((i+1)); done")]
    [InlineData("printf out; printf err >&2")]
    [InlineData("printf 'o\\r\\n'; printf 'e\\377' >&2; printf 'o'; printf 'e\\n' >&2")]
    public async Task Its_bytes_come_as_they_are(string script)
    {
        string program = _agent.Directory["program.sh"];
        await File.WriteAllTextAsync(program, script, TestContext.Current.CancellationToken);
        ProgramRun here = await ProgramRun.StartAsync(
            "bash", "-c", $"sh {program} 2>{program}.err | base64 -w0; base64 -w0 {program}.err >&2");
        ProgramRun there = await Guestctl.RunAsync("unix://" + _agent.SocketPath, "run", "-r", "sh", program);
        Assert.Equal(
            (0, here.Output, here.Error),
            (
                there.ExitCode,
                Convert.ToBase64String(Encoding.Latin1.GetBytes(there.Output)),
                Convert.ToBase64String(Encoding.Latin1.GetBytes(there.Error))));
    }

    [Fact]
    public async Task What_is_written_comes_before_its_line_ends()
    {
        string program = _agent.Directory["program.sh"];
        string go = _agent.Directory["go"];
        await File.WriteAllTextAsync(
            program, $"printf 'name? '; until [ -e {go} ]; do sleep 0.05; done; echo ok", TestContext.Current.CancellationToken);
        using TerminalRun terminal = TerminalRun.Start($"{Guestctl.Path} -g {_agent.SocketPath} run -r sh {program}");
        await terminal.ShowsAsync("name? ");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await terminal.ShowsAsync("ok");
        await terminal.EndAsync();
    }
}
