using System.Text;
using System.Text.RegularExpressions;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

/// <summary>The configurations that the documentation shows are configurations.</summary>
public sealed partial class ExampleTests
{
    private static readonly HashSet<string> Operations = [];
    private static readonly HashSet<string> Dialects = ["jsonrpc", "workload"];

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
    }

    [Fact]
    public void The_runtimes_of_a_foreign_system_s_hosts_are_among_them()
    {
        string example = Blocks().Matches(File.ReadAllText(Path.Combine(Repository.Root, "PROTOCOL.md")))
            .Select(match => match.Groups[1].Value)
            .Single(block => block.Contains("\"runtimes\"", StringComparison.Ordinal));

        Assert.Equal(["go", "node", "python"], Parse(example).Policy.Runtimes.Keys.Order(StringComparer.Ordinal));
    }

    private static AgentSettings Parse(string json) => SettingsFile.Parse(Encoding.UTF8.GetBytes(json), Operations, Dialects);

    // Of Markdown and of mdoc(7).
    [GeneratedRegex(@"(?:^```jsonc\n|^\.Bd -literal[^\n]*\n)(\{.*?)^(?:```|\.Ed)$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
