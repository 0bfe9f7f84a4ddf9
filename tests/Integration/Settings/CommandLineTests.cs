using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>The agent's command line and exit codes.</summary>
public sealed class CommandLineTests
{
    private const int WrongUsage = 64;
    private const string Text = """
        {"listeners":[
          {"dialect":"jsonrpc","path":"/run/a.sock","mode":"0660","transport":"unix","operations":["ping"]},
          {"transport":"virtio-serial","port":"org.example.0","dialect":"jsonrpc","announce":false}],
         "policy":{"commands":[{"path":"/bin/true","args":["a*","..."],"env":["LANG"],"user":"*","timeout_seconds":1.5}]},
         "limits":{"max_connections":3}}
        """;

    [Theory]
    [InlineData("--frobnicate")]
    [InlineData("serve")]
    [InlineData("")]
    [InlineData("--config")]
    [InlineData("--config=")]
    [InlineData("--check", "--version")]
    [InlineData("--version=1")]
    public async Task Wrong_usage_is_told_with_the_usage(params string[] arguments)
    {
        ProgramRun run = await ProgramRun.AgentAsync(arguments);
        Assert.Equal((WrongUsage, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("guest-agent: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Usage: guest-agent", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        ProgramRun run = await ProgramRun.AgentAsync("--version");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches("^guest-agent [0-9]+\\.[0-9]+\\.[0-9]+[-+.0-9a-z]*\n$", run.Output);
    }

    [Fact]
    public async Task The_schema_of_the_configuration_is_printed()
    {
        ProgramRun run = await ProgramRun.AgentAsync("--schema");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            await File.ReadAllTextAsync(SourceFile.Find("agent", "Settings", "schema.json"), TestContext.Current.CancellationToken),
            run.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_is_printed(string argument)
    {
        ProgramRun run = await ProgramRun.AgentAsync(argument);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("Usage: guest-agent", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_printed_configuration_is_a_configuration_that_prints_the_same()
    {
        using var file = new ConfigFile(Text);
        ProgramRun first = await ProgramRun.AgentAsync("--print-config", "--config", file.Path);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("\"max_connections\": 3", first.Output, StringComparison.Ordinal);
        Assert.Contains("\"drain_seconds\": 3", first.Output, StringComparison.Ordinal);

        using var printed = new ConfigFile(first.Output);
        ProgramRun check = await printed.CheckAsync();
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        ProgramRun second = await ProgramRun.AgentAsync($"--config={printed.Path}", "--print-config");
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task A_configuration_with_faults_is_not_served_and_not_printed()
    {
        using var file = new ConfigFile("""{"listeners":[]}""");
        ProgramRun serve = await file.ServeAsync();
        ProgramRun print = await ProgramRun.AgentAsync("--print-config", "--config", file.Path);
        Assert.Equal((78, 78), (serve.ExitCode, print.ExitCode));
        Assert.Equal(serve.Error, print.Error);
        Assert.Empty(print.Output);
    }
}
