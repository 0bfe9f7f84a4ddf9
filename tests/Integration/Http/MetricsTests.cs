using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>What monitoring collects, read as strictly as OpenMetrics 1.0 is written.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task All_of_it_is_open_metrics()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.AskAsync(agent, "/v1/metrics");

        Assert.Equal((200, "application/openmetrics-text; version=1.0.0; charset=utf-8"), (answer.Status, answer.Header("content-type")));
        Dictionary<string, double> samples = Parse(answer.Body);
        Assert.All(
            ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "node_load1", "node_memory_MemTotal_bytes"],
            name => Assert.InRange(samples[name], 0, double.MaxValue));
        Assert.Contains(samples.Keys, name => name.StartsWith("node_filesystem_size_bytes{", StringComparison.Ordinal));
        Assert.Contains("node_network_receive_bytes_total{device=\"lo\"}", samples.Keys);
        Assert.Equal(4, samples.Count(one => one.Key.StartsWith("guest_agent_scrape_success{", StringComparison.Ordinal) && one.Value == 1));
    }

    [Fact]
    public async Task It_says_what_the_operations_say()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Dictionary<string, double> samples = Parse((await Curl.AskAsync(agent, "/v1/metrics")).Body);
        JsonNode guest = (await Curl.CallAsync(agent, "get_system_info", "{}")).Json;
        string version = (string)(await Curl.AskAsync(agent, "/healthz")).Json["version"]!;

        Assert.Equal((double)guest["total_memory_kb"]! * 1024, samples["node_memory_MemTotal_bytes"]);
        Assert.Equal((double)guest["cpu_count"]!, samples["guest_agent_guest_cpus"]);
        Assert.Contains(samples.Keys, name => name.StartsWith("guest_agent_build_info{", StringComparison.Ordinal)
            && name.Contains($"version=\"{version}\"", StringComparison.Ordinal));
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(samples["process_start_time_seconds"], samples["node_boot_time_seconds"] - 2, now + 1);
    }

    [Fact]
    public async Task What_the_listener_does_not_serve_is_not_in_it()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(
            listener: new JsonObject { ["operations"] = new JsonArray("get_system_info") });
        Dictionary<string, double> samples = Parse((await Curl.AskAsync(agent, "/v1/metrics")).Body);

        Assert.Contains("node_load1", samples.Keys);
        Assert.DoesNotContain(samples.Keys, name => name.StartsWith("node_filesystem", StringComparison.Ordinal)
            || name.StartsWith("node_network", StringComparison.Ordinal) || name.StartsWith("guest_agent_build", StringComparison.Ordinal));
        Assert.Equal(0, samples["guest_agent_scrape_success{operation=\"get_disk_usage\"}"]);
        Assert.Equal(1, samples["guest_agent_scrape_success{operation=\"get_system_info\"}"]);
    }

    [Theory]
    [InlineData("a 1\n# EOF\n")]
    [InlineData("# TYPE a gauge\na 1\n")]
    [InlineData("# TYPE a gauge\na 1\n# EOF\na 2\n")]
    [InlineData("# TYPE a gauge\na 1\na 1\n# EOF\n")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n")]
    [InlineData("# TYPE a info\na_info{x=\"y\"} 2\n# EOF\n")]
    [InlineData("# TYPE a gauge\na{x=\"y} 1\n# EOF\n")]
    [InlineData("# TYPE a gauge\na{x=\"\\t\"} 1\n# EOF\n")]
    [InlineData("# TYPE a gauge\na one\n# EOF\n")]
    [InlineData("# TYPE a gauge\n# TYPE b gauge\n# TYPE a gauge\n# EOF\n")]
    public void The_reader_takes_nothing_that_is_none(string text) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Parse(text));

    // Each sample under its name and labels.
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Dictionary<string, double> samples = new(StringComparer.Ordinal);
        HashSet<string> families = new(StringComparer.Ordinal);
        (string Name, string Type) family = ("", "");
        foreach (string line in text[..^"# EOF\n".Length].Split('\n')[..^1])
        {
            if (TypeLine().Match(line) is { Success: true } type)
            {
                family = (type.Groups[1].Value, type.Groups[2].Value);
                Assert.True(families.Add(family.Name), $"{family.Name} comes twice");
            }
            else if (HelpLine().Match(line) is { Success: true } help)
            {
                Assert.Equal(family.Name, help.Groups[1].Value);
            }
            else
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success, $"no sample: {line}");
                Assert.Equal(family.Name + family.Type switch { "counter" => "_total", "info" => "_info", _ => "" }, sample.Groups["name"].Value);
                double value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
                Assert.True(family.Type != "info" || value == 1, line);
                Assert.True(family.Type != "counter" || value >= 0, line);
                string[] labels = [.. sample.Groups["label"].Captures.Select(label => label.Value)];
                Assert.Equal(labels.Distinct(StringComparer.Ordinal), labels);
                Assert.True(samples.TryAdd(line[..line.LastIndexOf(' ')], value), $"twice: {line}");
            }
        }

        return samples;
    }

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter|info)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n""]|\\[\\n""])+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(
        @"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
        + @"(?:\{(?<label>[a-zA-Z_][a-zA-Z0-9_]*)=""(?:[^\\\n""]|\\[\\n""])*""(?:,(?<label>[a-zA-Z_][a-zA-Z0-9_]*)=""(?:[^\\\n""]|\\[\\n""])*"")*\})?"
        + @" (?<value>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$")]
    private static partial Regex SampleLine();
}
