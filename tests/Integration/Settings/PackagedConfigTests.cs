using System.Text.Json;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>The configurations in the packages are those that the agent accepts.</summary>
public sealed class PackagedConfigTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("example.json")]
    public async Task It_has_no_fault(string name)
    {
        string text = await File.ReadAllTextAsync(SourceFile.Find("packaging", "config", name), TestContext.Current.CancellationToken);
        using var config = new ConfigFile(text);

        ProgramRun run = await config.CheckAsync();

        // The example is of an application that is not here; nothing else is wrong with it.
        Assert.All(run.ErrorLines, line =>
        {
            Assert.Contains("warning: there is no ", line, StringComparison.Ordinal);
            Assert.Matches("/srv/app/|/var/log/app |user app ", line);
        });
        Assert.True(name == "example.json" || run.Error.Length == 0, run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("example.json")]
    public async Task What_is_printed_of_it_says_the_same(string name)
    {
        string text = await File.ReadAllTextAsync(SourceFile.Find("packaging", "config", name), TestContext.Current.CancellationToken);
        using var config = new ConfigFile(text);
        ProgramRun printed = await ProgramRun.AgentAsync("--print-config", "--config", config.Path);
        using var again = new ConfigFile(printed.Output);

        Assert.Equal(0, (await again.CheckAsync()).ExitCode);
        ProgramRun twice = await ProgramRun.AgentAsync("--print-config", "--config", again.Path);

        Assert.Equal(printed.Output, twice.Output);
    }

    [Fact]
    public async Task The_one_in_force_allows_named_arguments_only_and_writes_nothing()
    {
        string path = SourceFile.Find("packaging", "config", "config.json");
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        using var config = new ConfigFile(text);
        ProgramRun run = await ProgramRun.AgentAsync("--print-config", "--config", config.Path);
        JsonElement policy = JsonElement.Parse(run.Output).GetProperty("policy");

        Assert.Equal(0, policy.GetProperty("write_paths").GetArrayLength());
        foreach (JsonElement rule in policy.GetProperty("commands").EnumerateArray())
        {
            // uname only tells; all others can do more with more arguments.
            Assert.True(
                rule.TryGetProperty("args", out JsonElement arguments) || rule.GetProperty("path").GetString() == "/usr/bin/uname");
            Assert.DoesNotContain("...", arguments.ValueKind == JsonValueKind.Array ? arguments.ToString() : "", StringComparison.Ordinal);
        }
    }
}
