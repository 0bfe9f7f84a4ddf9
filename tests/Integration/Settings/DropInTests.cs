using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>Files in <c>config.d</c> beside the configuration file: what they add, what is wrong with them, and when they change.</summary>
public sealed class DropInTests
{
    private const string Listener = """{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}""";
    private const string InForce = "config.json: in force";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_given_in_two_files_is_a_fault_that_names_both()
    {
        using var config = new ConfigFile($$"""{"listeners":[{{Listener}}],"limits":{"max_uploads":3},"policy":{"commands":"any"} }""");
        Write(config, "10-a.json", """{"limits":{"max_uploads":3},"policy":{"commands":[],"power":true}}""");
        Write(config, "20-b.json", """{"policy":{"power":true}}""");

        string a = config.Directory["config.d/10-a.json"], b = config.Directory["config.d/20-b.json"];
        await ExpectFaultsAsync(
            config,
            $"{a}: $.limits.max_uploads: is given in {config.Path} too",
            $"{a}: $.policy.commands: is given in {config.Path} too",
            $"{b}: $.policy.power: is given in {a} too");
    }

    [Fact]
    public async Task A_fault_is_told_with_its_file_and_its_place_there()
    {
        using var config = new ConfigFile($$"""{"listeners":[{{Listener}}],"policy":{"commands":[{"path":"/bin/true"}]} }""");
        Write(config, "a.json", """{"policy":{"commands":[{"path":"/bin/true"},{"path":"true"}],"runtimes":{"sh":{"command":"sh","file":"x"}}}}""");
        Write(config, "b.json", $$"""{"listeners":[{{Listener}}]}""");

        await ExpectFaultsAsync(
            config,
            $"{config.Directory["config.d/b.json"]}: $.listeners[0]: unix:/run/a.sock is listed twice",
            $"{config.Directory["config.d/a.json"]}: $.policy.commands[1].path: must be an absolute path",
            $"{config.Directory["config.d/a.json"]}: $.policy.runtimes.sh.command: must be an absolute path");
    }

    [Theory]
    [InlineData("{", ": $: is not JSON")]
    [InlineData("[]", ": $: must be an object")]
    [InlineData("""{"polcy":{}}""", ": $.polcy: is unknown")]
    [InlineData("""{"policy":{"power":1}}""", ": $.policy.power: must be true or false")]
    public async Task A_drop_in_of_another_shape_is_refused(string text, string fault)
    {
        using var config = new ConfigFile($$"""{"listeners":[{{Listener}}]}""");
        Write(config, "a.json", text);
        await ExpectFaultsAsync(config, config.Directory["config.d/a.json"] + fault);
    }

    [Fact]
    public async Task What_others_could_write_is_refused_the_directory_too()
    {
        using var config = new ConfigFile($$"""{"listeners":[{{Listener}}]}""");
        string file = Write(config, "a.json", "{}");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_100);
        await ExpectFaultsAsync(config, $"{file}: $: must not be writable by group or others");

        File.SetUnixFileMode(file, (UnixFileMode)0b110_000_000);
        File.SetUnixFileMode(config.Directory["config.d"], (UnixFileMode)0b111_111_111);
        await ExpectFaultsAsync(config, $"{config.Directory["config.d"]}: $: must not be writable by group or others");
    }

    [Fact]
    public async Task Lists_are_appended_in_the_order_of_names_and_it_is_told_where_each_element_comes_from()
    {
        using var config = new ConfigFile("""{"policy":{"read_paths":["/a"]}}""");
        Write(config, "20.json", """{"policy":{"read_paths":["/c"],"list_processes":true}}""");
        Write(config, "10.json", $$"""{"listeners":[{{Listener}}],"policy":{"read_paths":["/b"]} }""");
        Write(config, ".hidden.json", "not looked at");
        Write(config, "30.json.dpkg-old", "not looked at");

        ProgramRun printed = await ProgramRun.AgentAsync("--print-config", "--config", config.Path);
        JsonObject policy = JsonNode.Parse(printed.Output)!["policy"]!.AsObject();
        Assert.Equal(["/a", "/b", "/c"], policy["read_paths"]!.AsArray().Select(path => path!.GetValue<string>()));
        Assert.True(policy.Flag("list_processes"));
        string[] origins =
        [
            $"$.policy.read_paths[1]: from {config.Directory["config.d/10.json"]}",
            $"$.listeners[0]: from {config.Directory["config.d/10.json"]}",
            $"$.policy.list_processes: from {config.Directory["config.d/20.json"]}",
        ];
        Assert.All(origins, origin => Assert.Contains(origin, printed.ErrorLines));

        ProgramRun check = await config.CheckAsync();
        Assert.Equal(0, check.ExitCode);
        Assert.All(origins, origin => Assert.Contains(origin + "\n", check.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_warning_names_the_drop_in_that_it_is_about()
    {
        using var config = new ConfigFile($$"""{"listeners":[{{Listener}}],"policy":{"commands":[]} }""");
        Write(config, "a.json", """{"policy":{"commands":[{"path":"/bin/sh"}]}}""");
        ProgramRun check = await config.CheckAsync();
        Assert.Contains(
            $"guest-agent: {config.Directory["config.d/a.json"]}: $.policy.commands[0]", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drop_in_comes_into_force_when_it_is_made_changed_and_removed()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(1, "/bin/true"))).ErrorCode());

        // The directory was not there when the agent started.
        string directory = Directory.CreateDirectory(agent.Directory["config.d"]).FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        await ReplaceAsync(directory, """{"policy":{"commands":[{"path":"/bin/true"}]}}""");
        await ExpectAsync(client, "/bin/true", isAllowed: true);

        await ReplaceAsync(directory, """{"policy":{"commands":[{"path":"/bin/false"}]}}""");
        await ExpectAsync(client, "/bin/true", isAllowed: false);

        await ReplaceAsync(directory, """{"policy":{"comands":[]}}""");
        await agent.Log.WaitForAsync(Path.Combine(directory, "rule.json") + ": $.policy.comands: is unknown");
        await ExpectAsync(client, "/bin/false", isAllowed: true);

        File.Delete(Path.Combine(directory, "rule.json"));
        await ExpectAsync(client, "/bin/false", isAllowed: false);
        Assert.Contains(InForce, agent.Log.ToString(), StringComparison.Ordinal);
    }

    private static async Task ReplaceAsync(string directory, string text)
    {
        string made = Path.Combine(directory, "rule.new");
        await File.WriteAllTextAsync(made, text, Token);
        File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(made, Path.Combine(directory, "rule.json"), overwrite: true);
    }

    // What has come into force is seen by asking.
    private static async Task ExpectAsync(RawClient client, string command, bool isAllowed)
    {
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        while ((await client.ExchangeAsync(Requests.Exec(2, command)))["result"] is not null != isAllowed)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), end.Token);
        }
    }

    private static string Write(ConfigFile config, string name, string text)
    {
        string directory = Directory.CreateDirectory(config.Directory["config.d"]).FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        string file = Path.Combine(directory, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static async Task ExpectFaultsAsync(ConfigFile config, params string[] faults)
    {
        ProgramRun check = await config.CheckAsync();
        Assert.Equal(78, check.ExitCode);
        Assert.Equal(faults.Length, check.ErrorLines.Count);
        Assert.All(
            faults,
            fault => Assert.Contains(check.ErrorLines, line => line.StartsWith("guest-agent: " + fault, StringComparison.Ordinal)));
    }
}
