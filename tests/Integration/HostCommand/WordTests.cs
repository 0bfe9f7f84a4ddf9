using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>The words that people try on the command line of guestctl.</summary>
public sealed class WordTests : IDisposable
{
    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["commands"] = "any",
            ["read_paths"] = new JsonArray("/"),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    [Theory]
    [InlineData("execc", "exec")]
    [InlineData("lss", "ls")]
    [InlineData("shutdwon", "shutdown")]
    [InlineData("mkdri", "mkdir")]
    [InlineData("rebot", "reboot")]
    public async Task An_unknown_verb_is_named_with_what_may_be_meant(string verb, string meant)
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere", verb, "-x");
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Matches($"there is no verb {verb}; did you mean .*\\b{meant}\\b", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("--recursiv", "rm", "--recursiv", "/x")]
    [InlineData("--recurisve", "cp", "--recurisve", "a", ":/b")]
    [InlineData("-x", "ls", "-lx", "/")]
    [InlineData("--lng", "ls", "/", "--lng")]
    [InlineData("--jsn", "--jsn", "ping")]
    public async Task An_unknown_option_is_named(string option, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere", arguments);
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Matches($" has no option -.*{option[^1]}", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("")]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_is_what_guestctl_says_of_itself(string word)
    {
        string[] words = word.Length == 0 ? [] : [word];
        ProgramRun run = await Guestctl.RunAsync(null, words);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Exit codes:", run.Output, StringComparison.Ordinal);
        Assert.Contains("  exec ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_a_verb_is_that_of_its_option()
    {
        ProgramRun help = await Guestctl.RunAsync(null, "help", "exec");
        ProgramRun option = await Guestctl.RunAsync(null, "exec", "--help");
        Assert.Equal((0, option.Output, ""), (help.ExitCode, help.Output, help.Error));
        Assert.Contains("--env-file", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A=here $G exec -e A printenv A", "here")]
    [InlineData("A=here $G exec -e A -e A=there printenv A", "there")]
    [InlineData("$G exec -e NO_SUCH_VARIABLE sh -c 'echo ${NO_SUCH_VARIABLE-unset}'", "unset")]
    [InlineData("printf '# c\\nA=1\\n\\n  B=x y\\r\\nC\\n' > e; C=3 $G exec --env-file e sh -c 'echo $A,$B,$C'", "1,x y,3")]
    [InlineData("printf 'A=1' > e; $G exec --env-file e -e A=2 printenv A", "2")]
    [InlineData("printf 'A=1' | $G exec --env-file - printenv A", "1")]
    [InlineData("$G exec -w /usr pwd", "/usr")]
    [InlineData("$G exec -u root:daemon id -gn", "daemon")]
    [InlineData("$G exec -u :daemon id -gn", "daemon")]
    [InlineData("$G exec -u root: id -gn", "root")]
    public async Task Exec_takes_what_others_take(string script, string output)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, script);
        Assert.Equal((0, output + "\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("$G ip a", "127.0.0.1/8")]
    [InlineData("$G ip addr", "127.0.0.1/8")]
    [InlineData("$G ip address", "127.0.0.1/8")]
    [InlineData("$G ip l", "MTU")]
    [InlineData("$G df /", "MOUNTED ON")]
    [InlineData("$G ls", "etc")]
    [InlineData("$G ls -l", "etc")]
    public async Task Fingers_find_what_they_expect(string script, string output)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, script);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(output, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Df_of_a_path_shows_one_file_system()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, "$G df /etc/passwd; $G --json df /");
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Single(JsonNode.Parse(lines[2])!["filesystems"]!.AsArray());
    }

    [Theory]
    [InlineData("shutdown -h now")]
    [InlineData("shutdown now")]
    [InlineData("shutdown -P +5")]
    [InlineData("shutdown -r now")]
    [InlineData("reboot now")]
    [InlineData("shutdown -h")]
    public async Task Power_takes_the_words_of_shutdown(string words)
    {
        // The policy says no, which is as far as the words have to come.
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"$G {words}");
        Assert.Equal(77, run.ExitCode);
        string operation = words.Contains("-r", StringComparison.Ordinal) || words.StartsWith("reboot", StringComparison.Ordinal) ? "reboot" : "shutdown";
        await Bounded.UntilAsync(
            () => agent.Log.ToString().Contains(operation, StringComparison.Ordinal), () => $"{operation} in the log:\n{agent.Log}");
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }
}
