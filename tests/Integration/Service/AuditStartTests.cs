using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>What ends the agent has left its record, as what changes something is recorded before it starts.</summary>
public sealed class AuditStartTests
{
    [Fact]
    public async Task A_command_that_kills_the_agent_has_left_its_record()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(7, "kill -9 $PPID"));
        Assert.Null(await client.ReadLineAsync());
        await agent.KillAsync();

        string record = await agent.Log.WaitForAsync("audit op=exec_command ");
        Assert.Contains(" id=7 decision=allowed outcome=started rule=- subject=\"/", record, StringComparison.Ordinal);
        Assert.EndsWith("/bin/sh\" bytes=0 ms=0", record, StringComparison.Ordinal);
        Assert.Single(agent.Log.Lines, line => line.StartsWith("audit ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task So_has_one_that_looks_like_hundreds_before_it()
    {
        const int Harmless = 300;
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        for (int i = 0; i < Harmless; i++)
        {
            await client.ExchangeAsync(Requests.Shell(i, "true"));
        }

        await client.SendAsync(Requests.Shell("last", "kill -9 $PPID"));
        Assert.Null(await client.ReadLineAsync());
        await agent.KillAsync();

        string[] starts = [.. agent.Log.Lines.Where(line => line.Contains(" outcome=started ", StringComparison.Ordinal))];
        Assert.InRange(starts.Sum(Covers), Harmless + 1, 4 * Harmless);
        Assert.InRange(starts.Length, 16, Harmless / 2);
    }

    [Theory]
    [InlineData("shutdown", "power_off in 86400 s")]
    [InlineData("reboot", "reboot in 86400 s")]
    public async Task Ends_of_the_guest_are_recorded_before_they_are_arranged(string operation, string subject)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(
            new AgentConfig { Policy = new JsonObject { ["power"] = true } });
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Call(1, operation, new JsonObject { ["timeout_seconds"] = 86400 }));
        await client.ExchangeAsync(Requests.Call(2, "shutdown_cancel"));
        await agent.Log.WaitForAsync("audit op=shutdown_cancel ");

        string[] lines = [.. agent.Log.Lines];
        Assert.Contains($"audit op={operation} ", lines[0], StringComparison.Ordinal);
        Assert.Contains($"outcome=started rule=- subject=\"{subject}\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("power: The system ", lines[1], StringComparison.Ordinal);
        Assert.Contains($"outcome=ok rule=- subject=\"{subject}\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_and_files_too_and_what_only_looks_or_is_refused_has_one_record_at_most()
    {
        using TemporaryDirectory files = new();
        await using RunningAgent agent = await RunningAgent.StartAsync(new AgentConfig
        {
            Policy = new JsonObject
            {
                ["read_paths"] = new JsonArray(files.Path),
                ["write_paths"] = new JsonArray(files.Path),
                ["signal_processes"] = true,
            },
        });
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Call(1, "process_signal", new JsonObject { ["pid"] = int.MaxValue, ["signal"] = 9 }));
        await client.ExchangeAsync(Requests.Call(2, "file_write", new JsonObject { ["path"] = files["a"], ["content"] = "a" }));
        await client.ExchangeAsync(Requests.Call(3, "file_write", new JsonObject { ["path"] = "/etc/a", ["content"] = "a" }));
        await client.ExchangeAsync(Requests.Call(4, "file_read", new JsonObject { ["path"] = files["a"] }));
        await client.ExchangeAsync(Requests.Ping(5));
        Assert.Equal(0, await agent.StopAsync());

        Assert.Equal(
            [
                "process_signal 1 started", "process_signal 1 not_found", "file_write 2 started", "file_write 2 ok",
                "file_write 3 permission_denied", "file_read 4 ok",
            ],
            agent.Log.Lines.Select(line => $"{Field(line, "op")} {Field(line, "id")} {Field(line, "outcome")}"));
    }

    private static long Covers(string record) =>
        Field(record, "covers") is { } number ? long.Parse(number, CultureInfo.InvariantCulture) : 1;

    private static string? Field(string record, string name) =>
        record.Split(' ').FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
