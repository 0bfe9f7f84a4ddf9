using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>Whose options are whose on the command line of <c>guestctl exec</c>.</summary>
public sealed class CommandOptionTests
{
    [Theory]
    [InlineData("0\n", "id", "-u", "root")]
    [InlineData("0\n", "--", "id", "-u", "root")]
    [InlineData("-u\n", "--user", "root", "show", "-u")]
    [InlineData("-u\n", "-u", "root", "show", "-u")]
    [InlineData("-u\n", "-uroot", "show", "-u")]
    [InlineData("-u\n", "--user=root", "show", "-u")]
    [InlineData("-h\n", "show", "-h")]
    [InlineData("--help -- --help\n", "show", "--help", "--", "--help")]
    [InlineData("--json\n", "show", "--json")]
    [InlineData("-g x\n", "show", "-g", "x")]
    [InlineData("--wait 1\n", "show", "--wait", "1")]
    [InlineData("--version\n", "printf", "%s\n", "--version")]
    [InlineData("-- -u\n", "show", "--", "-u")]
    [InlineData("-- -u\n", "--", "show", "--", "-u")]
    [InlineData("--timeout 0\n", "show", "--timeout", "0")]
    [InlineData("--stdin\n", "show", "--stdin")]
    [InlineData("--stdin=/etc/passwd\n", "show", "--stdin=/etc/passwd")]
    [InlineData("-e A=1\n", "show", "-e A=1")]
    [InlineData("--nonsense\n", "show", "--nonsense")]
    [InlineData("exec -u\n", "show", "exec", "-u")]
    [InlineData("@/etc/passwd\n", "show", "@/etc/passwd")]
    [InlineData("[suggest:3]\n", "show", "[suggest:3]")]
    [InlineData("true\n", "--stdin", "show", "true")]
    [InlineData("\n", "show", "")]
    [InlineData("-\n", "show", "-")]
    [InlineData("1\n", "-eA=1", "-e", "B=2", "printenv", "A")]
    [InlineData("2\n", "--env=A=1", "--env:B=2", "printenv", "B")]
    public async Task Options_behind_its_name_are_the_commands_own(string output, params string[] words)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        string show = agent.Directory.AddScript("show", "#!/bin/sh\nprintf '%s\\n' \"$*\"\n");
        string[] arguments = [.. words.Select((word, at) => word == "show" && Array.IndexOf(words, "show") == at ? show : word)];
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, ["exec", .. arguments]);
        Assert.Equal((0, output, ""), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("grep", "-h", "root:x:0:0", "/etc/passwd")]
    [InlineData("grep", "-e", "root:x:0:0", "/etc/passwd")]
    [InlineData("sh", "-c", "grep -h root:x:0:0 /etc/passwd")]
    [InlineData("--json", "grep", "-h", "root:x:0:0", "/etc/passwd")]
    [InlineData("--wait", "9", "grep", "-h", "root:x:0:0", "/etc/passwd")]
    public async Task Real_commands_get_theirs(params string[] words)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, ["exec", .. words]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("root:x:0:0", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_command_may_be_called_as_the_value_of_a_switch(string command)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "--json", command);
        Assert.Equal((command == "true" ? 0 : 1, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("--usr", "--user")]
    [InlineData("--tiemout", "--timeout")]
    [InlineData("--stdn=x", "--stdin")]
    [InlineData("-x", null)]
    [InlineData("-xyz", null)]
    [InlineData("--nonsense", null)]
    public async Task An_option_in_front_of_the_command_that_is_none_is_refused_and_not_run(string option, string? meant)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", option, "true");
        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        string line = Assert.Single(run.ErrorLines);
        Assert.Contains($"exec has no option {option.Split('=')[0]}", line, StringComparison.Ordinal);
        Assert.Equal(meant is not null, line.Contains("did you mean", StringComparison.Ordinal));
        Assert.Contains(meant ?? "", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_help_is_help()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, "exec", "-h");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Exit codes", run.Output, StringComparison.Ordinal);
    }
}
