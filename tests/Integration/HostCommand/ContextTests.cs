using System.Text.Json.Nodes;
using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>Guests by their names: <c>guestctl context</c> and <c>-g NAME</c>.</summary>
public sealed class ContextTests : IDisposable
{
    private const int Usage = 64;
    private const int InTheWay = 73;

    private readonly TemporaryDirectory _configurations = new();

    private string FilePath => Path.Combine(_configurations.Path, "guestctl", "config.json");

    [Theory]
    [InlineData("not json", "line 1")]
    [InlineData("""{"guests":{"a":{"endpoint":"/a"}},"current":"b"}""", "current: there is no guest b")]
    [InlineData("""{"guests":{"a":{"endpoint":"nowhere"}}}""", "guests.a.endpoint: nowhere is no endpoint")]
    [InlineData("""{"guests":{"a b":{"endpoint":"/a"}}}""", "guests.a b: a name is")]
    [InlineData("""{"guests":{"a":{"endpoint":"/a","port":1}}}""", "$.guests.a.port")]
    [InlineData("""{"guests":{"a":{}}}""", "$.guests.a")]
    [InlineData("""{"guests":{"a":null}}""", "guests.a.endpoint")]
    [InlineData("null", "must be an object")]
    public async Task A_file_that_makes_no_sense_is_told_with_its_member_and_not_changed(string text, string fault)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, text, TestContext.Current.CancellationToken);
        foreach (string[] words in (string[][])[["context"], ["context", "add", "x", "/x"], ["-g", "a", "ping"], ["ping"]])
        {
            ProgramRun run = await RunAsync(words);
            Assert.Equal((Usage, ""), (run.ExitCode, run.Output));
            string line = Assert.Single(run.ErrorLines);
            Assert.StartsWith($"guestctl: {FilePath}: ", line, StringComparison.Ordinal);
            Assert.Contains(fault, line, StringComparison.Ordinal);
        }

        Assert.Equal(text, await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Usage, "context", "use", "web2")]
    [InlineData(Usage, "context", "remove", "web2")]
    [InlineData(Usage, "context", "add", "web2", "nowhere")]
    [InlineData(Usage, "context", "add", "a/b", "/a")]
    [InlineData(Usage, "context", "add", "web2")]
    [InlineData(Usage, "context", "fly")]
    [InlineData(InTheWay, "context", "add", "web1", "/b")]
    [InlineData(Usage, "-g", "web2", "ping")]
    [InlineData(Usage, "ping")]
    public async Task What_cannot_be_done_is_told_and_changes_nothing(int code, params string[] words)
    {
        Assert.Equal(0, (await RunAsync("context", "add", "web1", "/a")).ExitCode);
        ProgramRun run = await RunAsync(words);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Single(run.ErrorLines);
        Assert.Equal("  web1  unix:///a\n", (await RunAsync("context")).Output);
    }

    [Fact]
    public async Task What_is_no_file_is_told_and_waited_for_by_nobody()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await Cli.Wrap("/usr/bin/mkfifo").WithArguments([FilePath]).ExecuteAsync(TestContext.Current.CancellationToken);
        ProgramRun run = await RunAsync("context");
        Assert.Equal((Usage, $"guestctl: {FilePath}: is no file\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_link_to_the_file_stays_one()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        string real = Path.Combine(_configurations.Path, "real.json");
        File.CreateSymbolicLink(FilePath, real);
        Assert.Equal(0, (await RunAsync("context", "add", "web1", "/a")).ExitCode);
        Assert.Equal(0, (await RunAsync("context", "add", "web2", "/b")).ExitCode);
        Assert.Equal(real, File.ResolveLinkTarget(FilePath, returnFinalTarget: false)?.FullName);
        Assert.Equal("  web1  unix:///a\n  web2  unix:///b\n", (await RunAsync("context")).Output);
    }

    [Fact]
    public async Task A_guest_is_reached_by_its_name_and_as_the_one_in_use()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        foreach (string name in (string[])["web1", "web2"])
        {
            Assert.Equal(0, (await RunAsync("context", "add", name, agent.SocketPath)).ExitCode);
        }

        Assert.Equal(0, (await RunAsync("-g", "web1", "ping")).ExitCode);
        Assert.Equal(0, (await RunAsync("context", "use", "web2")).ExitCode);
        Assert.Equal(0, (await RunAsync("ping")).ExitCode);
        Assert.Equal(
            $"  web1  unix://{agent.SocketPath}\n* web2  unix://{agent.SocketPath}\n", (await RunAsync("context", "list")).Output);
        JsonNode listed = JsonNode.Parse((await RunAsync("--json", "context")).Output)!;
        Assert.Equal((true, "web2"), ((bool)listed[1]!["current"]!, (string)listed[1]!["name"]!));
        Assert.Equal(0, (await RunAsync("context", "remove", "web2")).ExitCode);
        ProgramRun none = await RunAsync("ping");
        Assert.Equal(Usage, none.ExitCode);
        Assert.Contains("which guest?", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shells_are_told_the_names()
    {
        await RunAsync("context", "add", "web1", "/a");
        const string Line = "guestctl -g ";
        ProgramRun run = await RunAsync($"[suggest:{Line.Length}]", Line);
        Assert.Contains("web1", run.Output.Split('\n'));
    }

    [Fact]
    public async Task Those_who_add_at_once_are_all_there()
    {
        ProgramRun[] runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => RunAsync("context", "add", $"g{i}", $"/{i}")));
        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Equal(8, (await RunAsync("context")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _configurations.Dispose();

    private Task<ProgramRun> RunAsync(params string[] words) => ProgramRun.RunAsync(
        Cli.Wrap(Guestctl.Path).WithArguments(words).WithEnvironmentVariables(variables => variables
            .Set("XDG_CONFIG_HOME", _configurations.Path)
            .Set("GUESTCTL_ENDPOINT", null)),
        TestTimeouts.Answer);
}
