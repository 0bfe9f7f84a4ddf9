using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>Nothing that a host or a configuration says looks like another record, or hides one, in the log.</summary>
public sealed class ForgedLogTests
{
    // Separators of lines and paragraphs, next line, an escape of terminals in C0 and C1, bidi override and isolate, zero
    // width, a tag character, half of a pair.
    private const string Acting = "\n\u2028\u2029\u0085\u001b[2J\u009b2J\u202e\u2066\u200b\ufeff\U000e0041\u007f";
    private const string Forged = " audit op=exec_command decision=allowed outcome=ok";
    private const string Hostile = Acting + Forged;

    [Fact]
    public async Task Whatever_a_host_says()
    {
        using TemporaryDirectory files = new();
        using TemporaryDirectory place = new();
        (RunningAgent agent, LateReader reader) = await LogOutput.StartOnPipeAsync(
            new AgentConfig
            {
                Policy = new JsonObject
                {
                    ["commands"] = "any",
                    ["write_paths"] = new JsonArray(files.Path),
                    ["power"] = true,
                },
            },
            place);
        await using RunningAgent running = agent;
        using LateReader log = reader.Start();
        using RawClient client = await agent.ConnectAsync();
        string[] requests =
        [
            Write(1, files[Hostile]),
            Write(2, "/etc/" + Hostile),
            Requests.Call(3, "file_write", new JsonObject { ["path"] = files["a"], ["content"] = "", ["owner"] = Hostile }),
            Requests.Exec(4, "/bin/" + Hostile),
            Requests.Exec(5, "/bin/echo", [Hostile]),
            Requests.Exec(6, "/bin/echo", [], new JsonObject { ["user"] = Hostile }),
            Requests.Exec(7, "/bin/echo", [], new JsonObject { ["env"] = new JsonObject { ["A"] = Hostile } }),
            Requests.Exec(8, "/bin/echo", [], new JsonObject { ["working_directory"] = "/" + Hostile }),
            Requests.Call(9, Hostile),
            Requests.Call(10, "file_write", new JsonObject { [Hostile] = Hostile }),
            Write(Hostile, files["b"]),
            Requests.Call(11, "shutdown", new JsonObject { ["timeout_seconds"] = 86400, ["message"] = Hostile }),
            Requests.Call(12, "shutdown_cancel"),
            """{"jsonrpc":"2.0","id":"\ud800","method":"file_write","params":{"path":"\udfff"}}""",
        ];
        foreach (string request in requests)
        {
            await client.ExchangeAsync(request);
        }

        await client.ExchangeAsync(Write("end", files["end"]));
        await log.WaitForAsync("id=\"end\" decision=allowed outcome=ok");
        AssertHonest(log);
        Assert.Contains("\\u2028\\u2029\\x85\\x1b[2J\\x9b2J\\u202e\\u2066", await log.WaitForAsync(" id=1 "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_a_listener_is_called()
    {
        using TemporaryDirectory place = new();
        string path = place["x" + Acting + "\" decision=allowed"];
        (RunningAgent agent, LateReader reader) = await LogOutput.StartOnPipeAsync(
            new AgentConfig
            {
                MoreListeners =
                    [new JsonObject { ["transport"] = "unix", ["path"] = path, ["dialect"] = "jsonrpc", ["announce"] = false }],
            },
            place);
        await using RunningAgent running = agent;
        using LateReader log = reader.Start();
        using RawClient client = await RawClient.ConnectAsync(path);
        await client.ExchangeAsync(Requests.Call(1, "file_read", new JsonObject { ["path"] = "/etc/passwd" }));
        string record = await log.WaitForAsync("op=file_read ");
        Assert.StartsWith($"audit op=file_read listener=\"unix:{place["x"]}\\x0a\\u2028", record, StringComparison.Ordinal);
        Assert.Contains("\\x7f\\\" decision=allowed\" peer=", record, StringComparison.Ordinal);
        Assert.Contains(" decision=denied outcome=permission_denied ", record, StringComparison.Ordinal);
        AssertHonest(log);
    }

    private static string Write(JsonNode id, string path) =>
        Requests.Call(id, "file_write", new JsonObject { ["path"] = path, ["content"] = "" });

    private static void AssertHonest(LateReader log)
    {
        foreach (string line in log.Lines.SkipLast(1))
        {
            Assert.Matches("^(audit op=|power: )", line);
            Assert.DoesNotContain(line, c => Acting.Contains(c, StringComparison.Ordinal) && c is not ('[' or '2' or 'J'));
        }
    }
}
