using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl</c> before somebody's eyes: on a terminal.</summary>
public sealed class TerminalTests
{
    private const string OtherScreen = "\u001b[?1049h";
    private const string UsualScreen = "\u001b[?1049l";

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")]
    public async Task Top_takes_the_screen_and_gives_it_back(string key)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using TerminalRun terminal = TerminalRun.Start(
            // The shell gets Ctrl-C too, and must outlive it.
            $"trap : INT; {Guestctl.Path} -g {agent.SocketPath} top --interval 1; echo \"ended with $?\"; stty -a");
        await terminal.ShowsAsync("RAM ");
        await terminal.TypeAsync(key);
        await terminal.ShowsAsync("ended with 0");
        await terminal.EndAsync();
        string[] parts = terminal.Shown.Split(UsualScreen);
        Assert.Equal(2, parts.Length);
        Assert.Contains(OtherScreen, parts[0], StringComparison.Ordinal);
        Assert.Matches(@"(?<!-)\bicanon\b", parts[1]);
        Assert.Matches(@"(?<!-)\becho\b", parts[1]);
    }

    [Fact]
    public async Task A_copy_that_takes_its_time_shows_how_it_goes_on()
    {
        using var guest = new TemporaryDirectory();
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject { ["read_paths"] = new JsonArray(guest.Path), ["write_paths"] = new JsonArray(guest.Path) },
        });
        string go = agent.Directory["go"];
        using TerminalRun terminal = TerminalRun.Start(
            $"{{ echo slow; while [ ! -e {go} ]; do sleep 0.05; done; }} | " +
            $"{Guestctl.Path} -g {agent.SocketPath} cp - :{guest["file"]}; echo \"ended with $?\"");
        await terminal.ShowsAsync("\r\u001b[Kfile  ");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await terminal.ShowsAsync("ended with 0");
        await terminal.EndAsync();
        Assert.Contains("/s 0:0", terminal.Shown, StringComparison.Ordinal);
        Assert.Equal("slow\n", await File.ReadAllTextAsync(guest["file"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_a_file_contains_cannot_command_the_terminal()
    {
        using var guest = new TemporaryDirectory();
        await File.WriteAllTextAsync(guest["file"], "a\u001b[31mb\n", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(
            new AgentConfig { Policy = new JsonObject { ["read_paths"] = new JsonArray(guest.Path) } });
        using TerminalRun terminal = TerminalRun.Start($"{Guestctl.Path} -g {agent.SocketPath} cat {guest["file"]}; echo end");
        await terminal.ShowsAsync("end");
        await terminal.EndAsync();
        Assert.Contains(@"a\033[31mb", terminal.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_leaves_the_terminal_as_it_was()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using TerminalRun terminal = TerminalRun.Start($"{Guestctl.Path} -g {agent.SocketPath} df; echo end");
        await terminal.ShowsAsync("end");
        await terminal.EndAsync();
        Assert.Contains("MOUNTED ON", terminal.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', terminal.Shown);
    }
}
