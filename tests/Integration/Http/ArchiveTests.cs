using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Directories as archives, unpacked by tar(1).</summary>
public sealed class ArchiveTests
{
    private const string Tar = "Accept: application/x-tar";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/etc", 403)]
    [InlineData("TREE/none", 404)]
    [InlineData("TREE/file", 409)]
    public async Task What_is_no_directory_that_may_be_read_is_refused(string path, int status)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        await File.WriteAllTextAsync(agent.Directory["tree/file"], "", Token);
        Curl answer = await Curl.AskAsync(
            agent, "/v1/files?path=" + path.Replace("TREE", agent.Directory["tree"], StringComparison.Ordinal), "-H", Tar);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_tree_comes_as_it_is()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string longName = new('n', 200);
        Directory.CreateDirectory(agent.Directory[$"tree/a/{longName}/ü"]);
        Directory.CreateDirectory(agent.Directory["tree/empty"]);
        await File.WriteAllTextAsync(agent.Directory["tree/a/text"], "text\n", Token);
        await File.WriteAllBytesAsync(agent.Directory[$"tree/a/{longName}/ü/long"], new byte[700_001], Token);
        await File.WriteAllTextAsync(agent.Directory["tree/.hidden"], "", Token);
        File.SetUnixFileMode(agent.Directory["tree/a/text"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(agent.Directory["tree/short"], "/etc/shadow");
        File.CreateSymbolicLink(agent.Directory["tree/long"], new string('t', 300));
        ProgramRun fifo = await RunAsync("mkfifo", agent.Directory["tree/fifo"]);
        Assert.Equal(0, fifo.ExitCode);

        string archive = await GetAsync(agent);
        Directory.CreateDirectory(agent.Directory["out"]);
        ProgramRun unpacked = await RunAsync("tar", "-xpf", archive, "-C", agent.Directory["out"]);
        File.Delete(agent.Directory["tree/fifo"]);
        ProgramRun same = await RunAsync("diff", "-r", "--no-dereference", agent.Directory["tree"], agent.Directory["out"]);

        Assert.Equal((0, ""), (unpacked.ExitCode, unpacked.Error));
        Assert.Equal((0, ""), (same.ExitCode, same.Output));
        Assert.Equal(File.GetUnixFileMode(agent.Directory["tree/a/text"]), File.GetUnixFileMode(agent.Directory["out/a/text"]));
        Assert.InRange(
            File.GetLastWriteTimeUtc(agent.Directory["tree/a/text"]) - File.GetLastWriteTimeUtc(agent.Directory["out/a/text"]),
            TimeSpan.Zero,
            TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_directory_of_many_pages_comes_whole()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        for (int i = 0; i < 2500; i++)
        {
            await File.WriteAllTextAsync(agent.Directory[$"tree/{i:0000}"], "", Token);
        }

        ProgramRun list = await RunAsync("tar", "-tf", await GetAsync(agent));

        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"{i:0000}"), list.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task An_archive_that_cannot_be_whole_has_no_end()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        // A name that is not UTF-8 cannot be asked for.
        ProgramRun made = await RunAsync("bash", "-c", $"touch {agent.Directory["tree"]}/$'\\xff'");
        Assert.Equal(0, made.ExitCode);

        await Assert.ThrowsAsync<IOException>(() => GetAsync(agent));
        // Nor can this program name it.
        Assert.Equal(0, (await RunAsync("bash", "-c", $"rm {agent.Directory["tree"]}/*")).ExitCode);
    }

    private static async Task<string> GetAsync(RunningAgent agent)
    {
        string archive = agent.Directory["archive.tar"];
        ProgramRun run = await RunAsync(
            "curl",
            ["-sS", "--fail", "--unix-socket", agent.SocketPath, "-H", Tar, "-o", archive, "http://guest/v1/files?path=" + agent.Directory["tree"]]);
        return run.ExitCode == 0 ? archive : throw new IOException(run.Error);
    }

    private static Task<ProgramRun> RunAsync(string program, params string[] arguments) =>
        ProgramRun.RunAsync(Cli.Wrap(program).WithArguments(arguments), TestTimeouts.Answer);
}
