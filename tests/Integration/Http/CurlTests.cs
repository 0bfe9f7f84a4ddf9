using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>The dialect as curl(1) finds it.</summary>
public sealed class CurlTests
{
    private static readonly string[] Lines = ["-H", "Accept: application/x-ndjson"];

    [Theory]
    [InlineData("/", 404)]
    [InlineData("/v1", 404)]
    [InlineData("/v1/", 404)]
    [InlineData("/v2/ping", 404)]
    [InlineData("/v1/ping/more", 404)]
    [InlineData("/v1/no_such_operation", 404)]
    [InlineData("/v1/PING", 404)]
    [InlineData("/v1/%70ing", 200)]
    [InlineData("/v1/ping", 200)]
    [InlineData("//v1//ping/", 200)]
    [InlineData("/v1/ping?x=1", 200)]
    [InlineData("/v1/..%2fhealthz", 404)]
    [InlineData("/v1/hello", 404)]
    [InlineData("/v1/cancel", 404)]
    [InlineData("/v1/session_status", 404)]
    public async Task A_path_is_an_operation_or_not_found(string path, int status)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.AskAsync(agent, path, "-d", "");

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/json", answer.Header("content-type"));
        Assert.Equal(status == 200, answer.Json["error"] is null);
    }

    [Theory]
    [InlineData("/v1/ping", "GET", "POST")]
    [InlineData("/v1/ping", "HEAD", "POST")]
    [InlineData("/v1/ping", "PUT", "POST")]
    [InlineData("/v1/ping", "DELETE", "POST")]
    [InlineData("/v1/ping", "OPTIONS", "POST")]
    [InlineData("/v1/ping", "BREW", "POST")]
    [InlineData("/healthz", "POST", "GET, HEAD")]
    [InlineData("/v1/health", "DELETE", "GET, HEAD")]
    public async Task Other_methods_are_not_allowed_and_those_that_are_are_told(string path, string method, string allowed)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.AskAsync(agent, path, method == "HEAD" ? ["-I"] : ["-X", method]);

        Assert.Equal(405, answer.Status);
        Assert.Equal(allowed, answer.Header("allow"));
        Assert.Equal("", answer.Body);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Health_is_told_as_the_replaced_agent_does(string method)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.AskAsync(agent, "/healthz", method == "HEAD" ? ["-I"] : []);

        Assert.Equal(200, answer.Status);
        Assert.True(int.Parse(answer.Header("content-length")!, null) > 0);
        Assert.Equal(method == "HEAD", answer.Body.Length == 0);
        if (method == "GET")
        {
            Assert.Equal(["status", "uptime", "version"], answer.Json.AsObject().Select(member => member.Key));
            Assert.Equal("ok", (string?)answer.Json["status"]);
            Assert.Matches("^([0-9]+m)?[0-9]+s$", (string?)answer.Json["uptime"]);
        }
    }

    [Fact]
    public async Task Health_in_detail_tells_which_agent_it_is()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl health = await Curl.AskAsync(agent, "/v1/health");
        Curl info = await Curl.CallAsync(agent, "get_agent_info", "{}");

        Assert.Equal((string?)info.Json["instance"], (string?)health.Json["instance"]);
        Assert.Equal((string?)info.Json["boot_id"], (string?)health.Json["boot_id"]);
        Assert.True((long)health.Json["uptime_seconds"]! >= 0);
    }

    [Theory]
    [InlineData("ping", "{", 400, -32700)]
    [InlineData("ping", "{}{}", 400, -32700)]
    [InlineData("ping", "x=1", 400, -32700)]
    [InlineData("ping", "[]", 400, -32602)]
    [InlineData("ping", "null", 400, -32602)]
    [InlineData("ping", "{\"x\":1}", 400, -32602)]
    [InlineData("ping", "\u00ff", 400, -32700)]
    [InlineData("exec_command", "", 400, -32602)]
    [InlineData("exec_command", "{\"command\":7}", 400, -32602)]
    [InlineData("exec_command", "{\"command\":\"/no/such/program\"}", 422, -32000)]
    [InlineData("exec_command", "{\"command\":\"/etc/hostname\"}", 422, -32000)]
    [InlineData("exec_command", "{\"command\":\"/bin/sleep\",\"args\":[\"60\"],\"timeout_seconds\":0.1}", 504, -32003)]
    [InlineData("file_read", "{\"path\":\"/etc/shadow\"}", 403, -32001)]
    [InlineData("file_mkdir", "{\"path\":\"TREE\"}", 409, -32010)]
    [InlineData("file_stat", "{\"path\":\"TREE/nothing\"}", 404, -32002)]
    [InlineData("shutdown", "{}", 403, -32001)]
    [InlineData("telemetry_subscribe", "{\"interval_seconds\":1}", 501, -32008)]
    public async Task An_error_has_the_status_that_fits_its_number_and_its_sentence(
        string operation, string parameters, int status, int code)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string tree = agent.Directory["tree"];
        Curl answer = await Curl.CallAsync(agent, operation, parameters.Replace("TREE", tree, StringComparison.Ordinal));

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.NotEqual("", (string?)answer.Json["error"]);
    }

    [Fact]
    public async Task A_wrong_parameter_is_named_without_the_words_of_another_protocol()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl missing = await Curl.CallAsync(agent, "exec_command", "{}");
        Curl wrong = await Curl.CallAsync(agent, "exec_command", "{\"command\":\"/bin/true\",\"env\":{\"A\":1}}");

        Assert.Equal("command", (string?)missing.Json["data"]!["field"]);
        Assert.Equal("command is missing.", (string?)missing.Json["error"]);
        Assert.StartsWith("env.A ", (string?)wrong.Json["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("-H", "Content-Type: text/plain")]
    [InlineData("-H", "Content-Type: application/json; charset=utf-8")]
    [InlineData("-H", "Transfer-Encoding: chunked")]
    [InlineData("-H", "Expect: 100-continue")]
    [InlineData("-H", "Connection: close")]
    [InlineData("-H", "Accept: */*")]
    [InlineData("-H", "Accept: text/html, application/json;q=0.9")]
    [InlineData("-H", "Host: 10.0.0.1:8080")]
    [InlineData("-H", "Host;")]
    [InlineData("--http1.0")]
    public async Task A_command_runs_however_its_request_is_sent(params string[] arguments)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(agent, "exec_command", "{\"command\":\"/bin/echo\",\"args\":[\"a+b\",\"ü\"]}", arguments);

        Assert.Equal(200, answer.Status);
        Assert.Equal("a+b ü\n", (string?)answer.Json["stdout"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData(" \n{ } ")]
    public async Task No_body_is_no_parameters(string body)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(agent, "ping", body);

        Assert.True((bool)answer.Json["pong"]!);
    }

    [Fact]
    public async Task Output_comes_as_lines_before_the_result()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(
            agent, "exec_command", "{\"command\":\"/bin/sh\",\"args\":[\"-c\",\"echo out; echo err >&2; exit 3\"]}", Lines);

        Assert.Equal((200, "application/x-ndjson"), (answer.Status, answer.Header("content-type")));
        Assert.Equal("chunked", answer.Header("transfer-encoding"));
        IReadOnlyList<JsonNode> lines = answer.JsonLines;
        Assert.All(lines.Take(lines.Count - 1), line => Assert.NotNull(line["exec_output"]));
        Assert.Equal(3, (int)lines[^1]["result"]!["exit_code"]!);
    }

    [Fact]
    public async Task Output_comes_as_an_event_stream_before_the_result()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(
            agent, "exec_command", "{\"command\":\"/bin/echo\",\"args\":[\"x\"]}", "-H", "Accept: text/event-stream");

        Assert.Equal("text/event-stream", answer.Header("content-type"));
        string[] events = answer.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("event: exec_output\ndata: {", events[0], StringComparison.Ordinal);
        Assert.StartsWith("event: result\ndata: {\"exit_code\":0,", events[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"command\":\"/bin/true\"}")]
    [InlineData("{\"stream\":true,\"command\":\"/bin/true\"}")]
    [InlineData("{\"stream\":false,\"command\":\"/bin/true\"}")]
    public async Task A_stream_ends_with_the_result_also_without_events(string parameters)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(agent, "exec_command", parameters, Lines);

        JsonNode only = Assert.Single(answer.JsonLines);
        Assert.Equal(0, (int)only["result"]!["exit_code"]!);
    }

    [Fact]
    public async Task A_call_that_fails_before_any_event_has_its_own_status()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(agent, "exec_command", "{\"command\":\"/no/such/program\"}", Lines);

        Assert.Equal((422, -32000), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_call_that_fails_behind_its_events_ends_with_the_error()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.CallAsync(
            agent, "exec_command", "{\"command\":\"/bin/sh\",\"args\":[\"-c\",\"echo x; exec sleep 60\"],\"timeout_seconds\":0.5}", Lines);

        Assert.Equal(200, answer.Status);
        Assert.Equal(-32003, (int)answer.JsonLines[^1]["error"]!["code"]!);
    }

    [Fact]
    public async Task Events_that_nobody_could_get_are_refused_before_anything_runs()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string file = agent.Directory["tree/ran"];
        Curl answer = await Curl.CallAsync(
            agent, "exec_command", $"{{\"stream\":true,\"command\":\"/usr/bin/touch\",\"args\":[\"{file}\"]}}");

        Assert.Equal((400, "stream"), (answer.Status, (string?)answer.Json["data"]!["field"]));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_file_goes_there_and_back()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string path = agent.Directory["tree/file"];
        Curl written = await Curl.CallAsync(agent, "file_write", $"{{\"path\":\"{path}\",\"content\":\"a\\nb\"}}");
        Curl read = await Curl.CallAsync(agent, "file_read", $"{{\"path\":\"{path}\"}}");

        Assert.Equal(200, written.Status);
        Assert.Equal("a\nb", (string?)read.Json["content"]);
        Assert.Equal("a\nb", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_the_limit()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["max_message_bytes"] = 65_536 });
        await File.WriteAllTextAsync(
            agent.Directory["body"], "{\"x\":\"" + new string('x', 100_000) + "\"}", TestContext.Current.CancellationToken);
        foreach (string[] more in (string[][])[[], ["-H", "Transfer-Encoding: chunked"]])
        {
            Curl answer = await Curl.AskAsync(agent, "/v1/ping", ["--data-binary", "@" + agent.Directory["body"], .. more]);

            Assert.Equal((413, -32006), (answer.Status, answer.Code));
            Assert.Equal(65_536, (int)answer.Json["data"]!["limit"]!);
            Assert.Equal("limits.max_message_bytes", (string?)answer.Json["data"]!["rule"]);
        }
    }

    [Fact]
    public async Task A_listener_serves_the_operations_that_it_names_and_no_others()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(listener: new JsonObject { ["operations"] = new JsonArray("ping") });

        Assert.Equal(200, (await Curl.CallAsync(agent, "ping", "{}")).Status);
        Assert.Equal(403, (await Curl.CallAsync(agent, "get_agent_info", "{}")).Status);
    }

    [Fact]
    public async Task A_curl_that_is_ended_ends_its_command()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Task<Curl> asking = Curl.CallAsync(agent, "exec_command", "{\"command\":\"/bin/sleep\",\"args\":[\"60\"]}", "--max-time", "0.5");

        await Assert.ThrowsAsync<IOException>(() => asking);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }
}
