using System.Text;
using System.Text.RegularExpressions;
using GuestAgent.Dialects;
using GuestAgent.Settings;
using GuestAgent.Warnings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

/// <summary>The configurations that the documentation shows are configurations.</summary>
public sealed partial class ExampleTests
{
    private static readonly HashSet<string> Operations = [];

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("PROTOCOL.md", 1)]
    [InlineData("packaging/man/guest-agent.json.5", 3)]
    public void Every_example_is_taken_as_it_is_written(string file, int atLeast)
    {
        string[] examples = [.. Blocks()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
            .Select(match => match.Groups[1].Value)
            .Where(block => block.Contains("\"listeners\"", StringComparison.Ordinal))];

        Assert.InRange(examples.Length, atLeast, int.MaxValue);
        Assert.All(examples, example => Assert.NotEmpty(Parse(example).Listeners));
        Assert.All(examples, example => Assert.Empty(ConfigurationWarnings.Of(Parse(example), SettingsFile.DefaultPath)));
    }

    [Theory]
    [InlineData("packaging/config/config.json")]
    [InlineData("packaging/config/example.json")]
    [InlineData("packaging/config/vsock.json")]
    [InlineData("packaging/demo/config.json")]
    public void No_configuration_that_comes_along_allows_more_than_it_seems_to(string file)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, file)).Replace("@SOCKET@", "/run/a.sock", StringComparison.Ordinal);
        AgentSettings settings = SettingsFile.Parse(
            Encoding.UTF8.GetBytes(text), new HashSet<string> { "ping", "get_agent_info" }, DialectTable.Default.Traits);
        Assert.Empty(ConfigurationWarnings.Of(settings, SettingsFile.DefaultPath));
    }

    [Fact]
    public void The_runtimes_of_a_foreign_system_s_hosts_are_among_them()
    {
        string example = Blocks().Matches(File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md")))
            .Select(match => match.Groups[1].Value)
            .Single(block => block.Contains("\"runtimes\"", StringComparison.Ordinal));

        Assert.Equal(["go", "node", "python"], Parse(example).Policy.Runtimes.Keys.Order(StringComparer.Ordinal));
    }

    private static AgentSettings Parse(string json) => SettingsFile.Parse(Encoding.UTF8.GetBytes(json), Operations, DialectTable.Default.Traits);

    // Of Markdown and of mdoc(7).
    [GeneratedRegex(@"(?:^```jsonc\n|^\.Bd -literal[^\n]*\n)(\{.*?)^(?:```|\.Ed)$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
