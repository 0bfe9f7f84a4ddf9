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
            ["list_processes"] = true,
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
    [InlineData("-T", "ls", "-laT", "/")]
    public async Task An_unknown_option_is_named(string option, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere", arguments);
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Matches($" has no option -.*{option[^1]}", Assert.Single(run.ErrorLines));
    }

    [Theory]
    [InlineData("ping takes no further argument: extra is not known here", "ping", "extra")]
    [InlineData("-u needs a value", "ps", "-u")]
    [InlineData("-g needs a value", "-g")]
    [InlineData("--json takes no value", "exec", "--json=5", "true")]
    [InlineData("cat needs PATH", "cat")]
    [InlineData("cp needs SOURCE... DESTINATION", "cp", "a")]
    [InlineData("--timeout x: no number", "exec", "--timeout", "x", "true")]
    [InlineData("--timeout -1: out of range", "exec", "--timeout", "-1", "true")]
    [InlineData("--timeout 1e-9: out of range", "exec", "--timeout", "1e-9", "true")]
    [InlineData("--wait 1e-9: out of range", "--wait", "1e-9", "ping")]
    [InlineData("--count 0: out of range", "ping", "-c", "0")]
    [InlineData("--count x: no whole number", "ping", "-c", "x")]
    [InlineData("foo: not known here", "ip", "foo")]
    [InlineData("frob: not known here", "ip", "addr", "show", "lo", "frob")]
    [InlineData("a1x: not known here", "ps", "a1x")]
    public async Task What_is_wrong_with_an_argument_is_said(string message, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere", arguments);
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("printf 'A=1\\nB C=2\\n' > e; $G exec --env-file e true", "e, line 2: the name of a variable")]
    [InlineData("printf '=1\\n' > e; $G exec --env-file e true", "e, line 1: the name of a variable")]
    public async Task A_file_of_variables_names_its_wrong_line(string script, string message)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, script);
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("call ping '{\"x\":1}'", "params.x is not known.")]
    [InlineData("call file_read '{\"path\":5}'", "params.path has the wrong type: a string is needed.")]
    [InlineData("call file_read '{\"path\":\"/\",\"encoding\":\"x\"}'", "params.encoding has a wrong value.")]
    [InlineData("call exec_command '{\"command\":\"true\",\"args\":[1]}'", "params.args[0] has the wrong type: a string is needed.")]
    [InlineData("call exec_command '{\"command\":\"true\",\"args\":\"a\"}'", "params.args has the wrong type: an array is needed.")]
    [InlineData("call file_read '{\"path\":\"/\",\"length\":1.5}'", "params.length has a wrong value.")]
    [InlineData("call file_read '{\"path\":\"/\",\"path\":\"/\"}'", "params.path is given more than once.")]
    public async Task Which_way_a_parameter_is_wrong_is_said(string words, string message)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"$G {words}");
        Assert.Equal((64, $"guestctl: {message} [shape]"), (run.ExitCode, Assert.Single(run.ErrorLines)));
    }

    [Theory]
    [InlineData("call file_re", "file_read")]
    [InlineData("ls $D/", "$D/sub/")]
    [InlineData("cat $D/.h", "$D/.hidden")]
    [InlineData("cp :$D/f", ":$D/file one")]
    [InlineData("exec $D/su", "$D/sub/")]
    [InlineData("exec -w $D -- $D/su", "$D/sub/")]
    public async Task A_shell_completes_what_the_guest_has(string line, string word)
    {
        await File.WriteAllTextAsync(_guest["file one"], "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_guest[".hidden"], "", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_guest["sub"]);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $"l=\"guestctl {line}\"; $G \"[suggest:${{#l}}]\" \"$l\"");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(word.Replace("$D", _guest.Path, StringComparison.Ordinal), run.Output.Split('\n'));
    }

    [Fact]
    public async Task Bash_gets_what_stands_behind_a_colon_and_quotes_it()
    {
        await File.WriteAllTextAsync(_guest["file one"], "", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, """
            guestctl() { "$G" "$@"; }
            eval "$(guestctl completion bash)"
            COMP_LINE="guestctl cp :$D/fi" COMP_POINT=$((13 + ${#D} + 3)) COMP_WORDS=(guestctl cp : "$D/fi") COMP_CWORD=3
            _guestctl; printf '%s\n' "${COMPREPLY[@]}"
            """);
        Assert.Equal((0, $"{_guest.Path}/file\\ one\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_guest_that_is_not_there_completes_nothing()
    {
        ProgramRun run = await Guestctl.RunAsync("/nowhere", "[suggest:14]", "guestctl ls /e");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output.Trim(), run.Error));
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
    [InlineData("$G ls -ld /etc", "/etc")]
    [InlineData("$G df -hT /", "MOUNTED ON")]
    [InlineData("$G ip addr show", "127.0.0.1/8")]
    [InlineData("$G ip a s dev lo", "127.0.0.1/8")]
    [InlineData("$G ip a ls lo", "127.0.0.1/8")]
    [InlineData("$G ps aux", "COMMAND")]
    [InlineData("$G ps -ef", "COMMAND")]
    [InlineData("$G ps -aux", "guest-agent")]
    [InlineData("$G ps -A", "COMMAND")]
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
