using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>The verbs of <c>guestctl</c> for the guest's files.</summary>
public sealed class FileVerbTests : IDisposable
{
    private const int NoInput = 66;
    private const int InTheWay = 73;
    private const int Refused = 77;

    private readonly TemporaryDirectory _guest = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject { ["read_paths"] = new JsonArray(_guest.Path), ["write_paths"] = new JsonArray(_guest.Path) },
    };

    [Fact]
    public async Task Ls_lists_names_in_order_and_hidden_ones_when_asked()
    {
        foreach (string name in (string[])["b", "a", ".c", "line\nfeed\u001b[2J"])
        {
            await File.WriteAllTextAsync(_guest[name], "12345", TestContext.Current.CancellationToken);
        }

        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun names = await Guestctl.RunAsync(agent.SocketPath, "ls", _guest.Path);
        Assert.Equal((0, ""), (names.ExitCode, names.Error));
        Assert.Equal(["a", "b"], names.Output.Split('\n')[..2]);
        Assert.Equal(4, names.Output.Split('\n').Length);
        Assert.DoesNotContain('\u001b', names.Output);

        ProgramRun all = await Guestctl.RunAsync(agent.SocketPath, "ls", "-la", _guest["a"], _guest.Path);
        Assert.Equal(5, all.Output.Count(c => c == '\n'));
        Assert.Matches(@"(?m)^-rw[-rw]{7}  \S+ +\S+ +5  [0-9-]{10} [0-9:]{5}  \.c$", all.Output);

        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "--json", "ls", _guest.Path);
        Assert.Equal(3, JsonNode.Parse(json.Output)!["entries"]!.AsArray().Count);
    }

    [Fact]
    public async Task Stat_shows_the_link_or_what_it_leads_to()
    {
        await File.WriteAllTextAsync(_guest["f"], "12345", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_guest["l"], "f");
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun link = await Guestctl.RunAsync(agent.SocketPath, "stat", _guest["l"]);
        Assert.Contains("type      symbolic link\n", link.Output, StringComparison.Ordinal);
        ProgramRun file = await Guestctl.RunAsync(agent.SocketPath, "--json", "stat", "-L", _guest["l"]);
        JsonObject status = JsonNode.Parse(file.Output)!.AsObject();
        Assert.Equal(("file", 5), (status.Text("type"), status.Number("size_bytes")));
    }

    [Fact]
    public async Task Cat_prints_bytes_as_they_are()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        await File.WriteAllBytesAsync(_guest["f"], bytes, TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "cat", _guest["f"], _guest["f"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([.. bytes, .. bytes], System.Text.Encoding.Latin1.GetBytes(run.Output));
        ProgramRun json = await Guestctl.RunAsync(agent.SocketPath, "--json", "cat", _guest["f"]);
        JsonObject read = JsonNode.Parse(json.Output)!.AsObject();
        Assert.Equal(("base64", bytes.Length), (read.Text("encoding"), read.Number("size_bytes")));
    }

    [Fact]
    public async Task Directories_are_made_renamed_and_deleted()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "mkdir", "-p", "-m", "0700", _guest["a/b"]);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_guest["a/b"]));
        await QuietlyAsync(agent, "mv", _guest["a/b"], _guest["c"]);
        await QuietlyAsync(agent, "mv", _guest["c"], _guest["a"] + "/");
        Assert.True(Directory.Exists(_guest["a/c"]));
        Assert.Equal(InTheWay, (await Guestctl.RunAsync(agent.SocketPath, "rm", _guest["a"])).ExitCode);
        await QuietlyAsync(agent, "rm", "-r", _guest["a"]);
        Assert.Empty(Directory.GetFileSystemEntries(_guest.Path));
    }

    [Fact]
    public async Task One_path_that_fails_does_not_stop_the_others()
    {
        await File.WriteAllTextAsync(_guest["f"], "x", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "rm", _guest["none"], "/etc/hostname", _guest["f"]);
        Assert.Equal((NoInput, 2), (run.ExitCode, run.ErrorLines.Count));
        Assert.Contains(_guest["none"], run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains("/etc/hostname", run.ErrorLines[1], StringComparison.Ordinal);
        Assert.Contains("[policy.write_paths]", run.ErrorLines[1], StringComparison.Ordinal);
        Assert.False(File.Exists(_guest["f"]));
        await QuietlyAsync(agent, "rm", "-f", _guest["none"]);
        ProgramRun refused = await Guestctl.RunAsync(agent.SocketPath, "rm", "-f", "/etc/hostname");
        Assert.Equal(Refused, refused.ExitCode);
    }

    public void Dispose() => _guest.Dispose();

    private static async Task QuietlyAsync(RunningAgent agent, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, arguments);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }
}
