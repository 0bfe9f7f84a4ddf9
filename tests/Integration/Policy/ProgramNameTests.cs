using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Policy;

/// <summary>A rule stands for one program under one name, and that name is the one that the program is told.</summary>
public sealed class ProgramNameTests : IDisposable
{
    private const string Busybox = "/usr/bin/busybox";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_leads_to_systemctl_is_not_systemctl()
    {
        _directory.AddScript("systemctl", "#!/bin/sh\nprintf %s \"$0\"\n");
        File.CreateSymbolicLink(_directory["reboot"], "systemctl");
        await using RunningAgent agent = await StartAsync(
            Rule(_directory["systemctl"], "is-active", "*"), Rule("/usr/bin/systemctl", "is-active", "*"));
        using RawClient client = await agent.ConnectAsync();
        string[] arguments = ["is-active", "--help"];
        Assert.Equal(
            _directory["systemctl"], (await client.ExchangeAsync(Requests.Exec(1, _directory["systemctl"], arguments))).Stdout());
        foreach (string other in new[] { _directory["reboot"], "reboot", "/sbin/reboot", "/usr/sbin/reboot" })
        {
            AssertRefused(await client.ExchangeAsync(Requests.Exec(2, other, arguments)), "policy.commands");
        }
    }

    [Fact]
    public async Task Busybox_is_no_other_of_its_programs()
    {
        Assert.True(File.Exists(Busybox), $"there is no {Busybox}: tests/scripts/install-tools check");
        File.CreateSymbolicLink(_directory["sh"], Busybox);
        File.CreateSymbolicLink(_directory["busybox"], Busybox);
        _directory.AddScript("date", $"echo > {_directory["touched"]}\n");
        await using RunningAgent agent = await StartAsync(Rule(_directory["busybox"], "date"), Rule("/bin/busybox", "date"));
        using RawClient client = await agent.ConnectAsync();
        var there = new JsonObject { ["working_directory"] = _directory.Path };
        foreach (string shell in new[] { _directory["sh"], "sh", "/bin/sh" })
        {
            AssertRefused(await client.ExchangeAsync(Requests.Exec(1, shell, ["date"], there)), "policy.commands");
            AssertRefused(await client.ExchangeAsync(Requests.Exec(2, shell, ["date"])), "policy.commands");
        }

        // Nor by the name that it is told, from which busybox takes what to be.
        Assert.Equal(0, (await client.ExchangeAsync(Requests.Exec(3, "busybox", ["date"]))).Result().Number("exit_code"));
        Assert.False(File.Exists(_directory["touched"]));
    }

    [Fact]
    public async Task A_program_that_the_host_has_written_is_not_found_by_way_of_the_working_directory()
    {
        Directory.CreateDirectory(_directory["write"]);
        Directory.CreateDirectory(_directory["tools"]);
        File.CreateSymbolicLink(_directory["tools/link"], _directory["write"]);
        await File.WriteAllTextAsync(_directory["tools/tool.sh"], "echo tool", TestContext.Current.CancellationToken);
        var confined = JsonNode.Parse(Rule("/bin/sh", "tool.sh"))!.AsObject();
        confined["working_directories"] = new JsonArray(_directory["tools"]);
        var config = AgentConfig.WithRules(Rule("/usr/bin/sh", "-x", "tool.sh"), confined.ToJsonString());
        config.Policy["write_paths"] = new JsonArray(_directory["write"]);
        await using RunningAgent agent = await RunningAgent.StartAsync(config);
        using RawClient client = await agent.ConnectAsync();
        var write = new JsonObject { ["path"] = _directory["write/tool.sh"], ["content"] = "echo the host's" };
        Assert.NotNull((await client.ExchangeAsync(Requests.Call(1, "file_write", write))).Result());
        foreach (string place in new[] { "write", "tools/../write", "tools/link" })
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Exec(2, "/bin/sh", ["tool.sh"], In($"{_directory.Path}/{place}")));
            Assert.Contains(reply.ErrorRule(), (string[])["policy.commands[1].working_directories", "absolute_path"]);
        }

        AssertRefused(
            await client.ExchangeAsync(Requests.Exec(3, "/bin/sh", ["-x", "tool.sh"], In(_directory["tools"]))),
            "policy.commands[1].args");
        Assert.Equal("tool\n", (await client.ExchangeAsync(Requests.Exec(4, "/bin/sh", ["tool.sh"], In(_directory["tools"])))).Stdout());
    }

    [Fact]
    public async Task A_program_is_told_the_path_of_its_rule_however_it_was_asked_for()
    {
        await using RunningAgent agent = await StartAsync(Rule("/usr/bin/cat"), Rule("/usr/bin/sh"));
        using RawClient client = await agent.ConnectAsync();
        foreach (string way in new[] { "cat", "/bin/cat", "/usr/bin/cat", "//usr/./bin/cat" })
        {
            Assert.StartsWith(
                "/usr/bin/cat\0",
                (await client.ExchangeAsync(Requests.Exec(1, way, ["/proc/self/cmdline"]))).Stdout(),
                StringComparison.Ordinal);
            Assert.Equal("cat\n", (await client.ExchangeAsync(Requests.Exec(2, way, ["/proc/self/comm"]))).Stdout());
        }

        Assert.Equal("/usr/bin/sh\n", (await client.ExchangeAsync(Requests.Exec(3, "sh", ["-c", "echo $0"]))).Stdout());
    }

    [Fact]
    public async Task A_script_is_told_the_path_of_its_rule()
    {
        _directory.AddScript("tool", "#!/bin/sh\necho \"$0\"; cat /proc/$$/comm\n");
        Directory.CreateDirectory(_directory["sub"]);
        File.CreateSymbolicLink(_directory["sub/link"], _directory.Path);
        await using RunningAgent agent = await StartAsync(Rule(_directory["tool"]));
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal($"{_directory["tool"]}\ntool\n", (await client.ExchangeAsync(Requests.Exec(1, _directory["sub/link/tool"]))).Stdout());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nobody")]
    public async Task Where_a_guest_user_can_change_the_way_a_program_runs_as_it_was_found_and_a_script_not_at_all(string? user)
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        File.Copy("/bin/cat", Path.Combine(his, "cat"));
        File.Copy("/bin/sh", Path.Combine(his, "sh"));
        _directory.AddScript("his/script", "#!/bin/sh\necho \"$0\"\n");
        _directory.AddScript("interpreted", $"#!{his}/sh\necho \"$0\"\n");
        await using RunningAgent agent = await StartAsync(
            RuleAs(user, Path.Combine(his, "cat")), RuleAs(user, Path.Combine(his, "script")), RuleAs(user, _directory["interpreted"]));
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal(
            $"{his}/cat\0/proc/self/cmdline\0",
            (await client.ExchangeAsync(Requests.Exec(1, Path.Combine(his, "cat"), ["/proc/self/cmdline"]))).Stdout());
        string[] scripts = [Path.Combine(his, "script"), _directory["interpreted"]];
        for (int i = 0; i < scripts.Length; i++)
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Exec(2, scripts[i]));
            if (user is null)
            {
                AssertRefused(reply, $"policy.commands[{i + 1}].path");
            }
            else
            {
                // What is his own, he could run himself.
                Assert.Equal(scripts[i] + "\n", reply.Stdout());
            }
        }
    }

    // CVE-2019-5736: runc ran itself, for a script whose interpreter was /proc/self/exe.
    [Theory]
    [InlineData("/proc/self/exe")]
    [InlineData("/proc/self/root/bin/sh")]
    [InlineData("interpreter")]
    [InlineData("/usr/../bin/sh")]
    public async Task An_interpreter_that_means_something_else_to_each_process_is_refused(string interpreter)
    {
        _directory.AddScript("script", $"#!{interpreter}\n");
        await using RunningAgent agent = await StartAsync(Rule(_directory["script"]));
        using RawClient client = await agent.ConnectAsync();
        AssertRefused(await client.ExchangeAsync(Requests.Exec(1, _directory["script"])), "policy.commands[0].path");
    }

    [Fact]
    public async Task A_runtime_is_held_to_the_same()
    {
        string his = await GuestUser.MakeDirectoryAsync(_directory, "his");
        File.Copy("/bin/sh", Path.Combine(his, "sh"));
        File.CreateSymbolicLink(Path.Combine(his, "link"), "/bin/sh");
        _directory.AddScript("his/script", "#!/bin/sh\necho \"$0\"\n");
        await GuestUser.GiveAsync(his);
        var runtimes = new JsonObject();
        foreach (string name in new[] { "sh", "link", "script" })
        {
            runtimes[name] = new JsonObject { ["command"] = Path.Combine(his, name), ["file"] = "main.sh" };
        }

        await using RunningAgent agent =
            await RunningAgent.StartAsync(new AgentConfig { Policy = new JsonObject { ["runtimes"] = runtimes } });
        using RawClient client = await agent.ConnectAsync();
        JsonObject ran = await client.ExchangeAsync(Workload("sh", "tr '\\0' ' ' < /proc/$$/cmdline"));
        Assert.Equal($"{his}/sh main.sh ", ran.Result().Text("output"));
        foreach (string name in new[] { "link", "script" })
        {
            JsonObject reply = await client.ExchangeAsync(Workload(name, "echo no"));
            AssertRefused(reply, $"policy.runtimes.{name}.command");
            Assert.Equal("params.runtime", reply.Error()["data"]!.AsObject().Text("field"));
        }
    }

    private static string Workload(string runtime, string code) =>
        Requests.Call(1, "run_workload", new JsonObject { ["runtime"] = runtime, ["code"] = code });

    private static JsonObject In(string directory) => new() { ["working_directory"] = directory };

    private static void AssertRefused(JsonObject reply, string rule) => Assert.Equal((-32001, rule), (reply.ErrorCode(), reply.ErrorRule()));

    private static Task<RunningAgent> StartAsync(params string[] rules) => RunningAgent.StartAsync(AgentConfig.WithRules(rules));

    private static string Rule(string path) => new JsonObject { ["path"] = path }.ToJsonString();

    private static string RuleAs(string? user, string path) =>
        user is null ? Rule(path) : new JsonObject { ["path"] = path, ["user"] = user }.ToJsonString();

    private static string Rule(string path, params string[] arguments) =>
        new JsonObject { ["path"] = path, ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]) }.ToJsonString();
}
