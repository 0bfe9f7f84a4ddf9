using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary><c>--check</c>: every fault of a configuration at once, each in one line with its JSON path.</summary>
public sealed class CheckTests
{
    private const int ConfigUnusable = 78;
    private const string Good = """{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}""";

    [Theory]
    [InlineData("{}", "$.listeners: is missing")]
    [InlineData("[]", "$: must be an object")]
    [InlineData("null", "$: must be an object")]
    [InlineData("7", "$: must be an object")]
    [InlineData("", "$: is not JSON")]
    [InlineData("{\"listeners\":[", "$: is not JSON: line 1")]
    [InlineData("{\"listeners\":null}", "$.listeners: must be a list, not null")]
    [InlineData("{\"listeners\":[]}", "$.listeners: is empty")]
    [InlineData("{\"listeners\":{}}", "$.listeners: must be a list")]
    [InlineData("{\"listeners\":[null]}", "$.listeners[0]: must be an object, not null")]
    [InlineData("{\"listeners\":[{\"transport\":\"pigeon\",\"dialect\":\"jsonrpc\"}]}", "$.listeners[0].transport: is unknown")]
    [InlineData("{\"listeners\":[{\"path\":\"/a\",\"dialect\":\"jsonrpc\"}]}", "$.listeners[0].transport: is missing")]
    [InlineData("{\"listeners\":[{\"transport\":\"unix\",\"path\":\"/\",\"dialect\":\"jsonrpc\"}]}", "$.listeners[0].path: ")]
    [InlineData("{\"listeners\":[{\"transport\":\"unix\",\"path\":\"a\\ud800\",\"dialect\":\"jsonrpc\"}]}", "$.listeners[0].path: ")]
    public Task A_configuration_that_cannot_be_used_is_refused_in_a_line(string text, string fault) =>
        ExpectFaultsAsync(text, fault);

    [Theory]
    [InlineData("""{"path":"/bin/true","timeout":5}""", ".timeout: ")]
    [InlineData("""{"path":"/bin/true","path":"/bin/sh"}""", ".path: is given twice")]
    [InlineData("""{"args":[]}""", ".path: is missing")]
    [InlineData("""{"path":"true"}""", ".path: must be an absolute path")]
    [InlineData("""{"path":"/usr/../bin/true"}""", ".path: must not contain \"..\"")]
    [InlineData("""{"path":"/bin/"}""", ".path: must end in the name of a program")]
    [InlineData("""{"path":"/bin/true","working_directories":["srv"]}""", ".working_directories[0]: must be an absolute path")]
    [InlineData("""{"path":"/bin/true","working_directories":["/srv/.."]}""", ".working_directories[0]: must not contain \"..\"")]
    [InlineData("""{"path":null}""", ".path: must be a string, not null")]
    [InlineData("""{"path":"/bin/true","args":[null]}""", ".args[0]: must be a string, not null")]
    [InlineData("""{"path":"/bin/true","args":["...","x"]}""", ".args[0]: ")]
    [InlineData("""{"path":"/bin/true","env":[null]}""", ".env[0]: must be a string, not null")]
    [InlineData("""{"path":"/bin/true","user":""}""", ".user: ")]
    [InlineData("""{"path":"/bin/true","timeout_seconds":-0.1}""", ".timeout_seconds: must be up to 2592000, or 0 for no limit")]
    [InlineData("""{"path":"/bin/true","timeout_seconds":2592001}""", ".timeout_seconds: ")]
    [InlineData("""{"path":"/bin/true","max_output_bytes":-1}""", ".max_output_bytes: ")]
    [InlineData("null", ": must be an object, not null")]
    [InlineData("\"any\"", ": must be an object, not a string")]
    public Task A_wrong_rule_is_named(string rule, string fault) => ExpectFaultsAsync(
        $$"""{"listeners":[{{Good}}],"policy":{"commands":[{{rule}}]} }""", "$.policy.commands[0]" + fault);

    [Theory]
    [InlineData("\"all\"")]
    [InlineData("\"ANY\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public Task Nothing_but_the_word_any_allows_every_command(string commands) => ExpectFaultsAsync(
        $$"""{"listeners":[{{Good}}],"policy":{"commands":{{commands}} } }""", "$.policy.commands: must be a list of rules, or \"any\"");

    [Theory]
    [InlineData("max_connections", "0")]
    [InlineData("max_concurrent_requests", "0")]
    [InlineData("max_concurrent_commands", "1025")]
    [InlineData("max_command_seconds", "0.01")]
    [InlineData("max_command_seconds", "1e400")]
    [InlineData("max_output_bytes", "-1")]
    [InlineData("max_output_bytes", "16777216")]
    [InlineData("kill_grace_seconds", "-1")]
    [InlineData("drain_seconds", "61")]
    [InlineData("max_unread_reply_bytes", "1")]
    [InlineData("max_connections", "\"5\"")]
    [InlineData("max_connections", "1.5")]
    [InlineData("max_connections", "99999999999")]
    [InlineData("max_connection", "5")]
    public Task A_limit_out_of_range_is_named(string name, string value) => ExpectFaultsAsync(
        $$"""{"listeners":[{{Good}}],"limits":{"{{name}}":{{value}} } }""", $"$.limits.{name}: ");

    [Fact]
    public Task All_faults_are_listed_at_once() => ExpectFaultsAsync(
        """
        {
          "listeners": [
            {"transport":"unix","path":"relative","dialect":"klingon","mode":"999"},
            {"transport":"virtio-serial","port":"a/b","dialect":"jsonrpc","operations":["ping","fly"]},
            {"transport":"unix","dialect":"jsonrpc","announce":"no","colour":"red"}
          ],
          "policy": {
            "commands": [{"path":"x"}, {"args":"y","path":"/z"}],
            "read_paths": ["relative"],
            "read_paths": []
          },
          "limits": {"max_connections":0,"drain_seconds":61},
          "surprise": true
        }
        """,
        "$.listeners[0].path: must be the absolute path of a socket",
        "$.listeners[0].dialect: is unknown; known: jsonrpc",
        "$.listeners[0].mode: ",
        "$.listeners[1].port: ",
        "$.listeners[1].operations[1]: no operation is named fly",
        "$.listeners[2].path: is missing",
        "$.listeners[2].colour: ",
        "$.listeners[2].announce: must be true or false, not a string",
        "$.policy.commands[0].path: must be an absolute path",
        "$.policy.commands[1].args: must be a list, not a string",
        "$.policy.read_paths: is given twice",
        "$.limits.max_connections: ",
        "$.limits.drain_seconds: ",
        "$.surprise: ");

    [Fact]
    public Task A_message_that_could_not_hold_the_output_is_named_with_the_output() => ExpectFaultsAsync(
        $$"""{"listeners":[{{Good}}],"limits":{"max_message_bytes":4095,"max_output_bytes":4096} }""",
        "$.limits.max_message_bytes: ",
        "$.limits.max_output_bytes: ");

    [Fact]
    public Task Two_listeners_on_one_socket_are_refused() =>
        ExpectFaultsAsync($$"""{"listeners":[{{Good}},{{Good}}]}""", "$.listeners[1]: unix:/run/a.sock is listed twice");

    [Fact]
    public Task A_socket_path_that_the_kernel_cannot_bind_is_refused() => ExpectFaultsAsync(
        $$"""{"listeners":[{"transport":"unix","path":"/{{new string('x', 107)}}","dialect":"jsonrpc"}]}""",
        "$.listeners[0].path: is longer than 107 bytes");

    [Fact]
    public async Task Names_that_are_no_text_are_a_fault_and_no_crash()
    {
        using var file = new ConfigFile($$"""{"listeners":[{{Good}}],"\ud800":1}""");
        await ExpectOneLineEachAsync(file);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_a_fault_and_no_crash()
    {
        using var file = new ConfigFile("");
        byte[] bytes = [.. "{\"listeners\":[{\"transport\":\"unix\",\"dialect\":\"jsonrpc\",\"path\":\"/a"u8, 0xff, .. "\"}]}"u8];
        await File.WriteAllBytesAsync(file.Path, bytes, TestContext.Current.CancellationToken);
        await ExpectOneLineEachAsync(file);
    }

    [Fact]
    public async Task Comments_and_trailing_commas_are_allowed()
    {
        using var file = new ConfigFile($$"""
            // who listens
            {"listeners": [{{Good}},], /* what is allowed */ "policy": {},}
            """);
        ProgramRun run = await file.CheckAsync();
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("nothing wrong", run.Output, StringComparison.Ordinal);
    }

    private static async Task ExpectFaultsAsync(string text, params string[] faults)
    {
        using var file = new ConfigFile(text);
        ProgramRun run = await ExpectOneLineEachAsync(file);
        Assert.All(faults, fault => Assert.Contains(
            run.ErrorLines, line => line.StartsWith($"guest-agent: {file.Path}: {fault}", StringComparison.Ordinal)));
        Assert.Equal(faults.Length, run.ErrorLines.Count);
    }

    private static async Task<ProgramRun> ExpectOneLineEachAsync(ConfigFile file)
    {
        ProgramRun run = await file.CheckAsync();
        Assert.All(run.ErrorLines, line => Assert.StartsWith($"guest-agent: {file.Path}: $", line, StringComparison.Ordinal));
        Assert.Equal((ConfigUnusable, ""), (run.ExitCode, run.Output));
        return run;
    }
}
