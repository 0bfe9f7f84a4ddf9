using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>A log that nobody reads, or that cannot be written, stops neither the agent nor its signs of life.</summary>
public sealed partial class StuckLogTests : IDisposable
{
    // Their records are more than what a pipe or socket and the agent hold together.
    private const int Writes = 1500;

    // Its arguments: the agent, --config and the file, which must be its user's.
    private const string BecomeNobody =
        "chown 65534 \"$3\" && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"";

    private readonly TemporaryDirectory _directory = new();

    public enum Kind
    {
        Pipe,
        Socket,
        PipeOfAnother,
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Socket)]
    [InlineData(Kind.PipeOfAnother)]
    public async Task Everything_goes_on_and_what_was_lost_is_told_when_the_log_is_read_again(Kind kind)
    {
        using var manager = new ServiceManager(_directory["notify"]);
        (RunningAgent agent, LateReader reader) = await StartAsync(kind, manager);
        await using RunningAgent running = agent;
        using LateReader log = reader;
        using RawClient client = await agent.ConnectAsync();
        await WriteAsync(client, Writes);

        Assert.Equal("on\n", (await client.ExchangeAsync(Requests.Shell("command", "echo on"))).Stdout());
        JsonObject info = (await client.ExchangeAsync(Requests.Call("info", "get_agent_info"))).Result();
        Assert.InRange(info.Number("lost_log_records"), 1, 2 * Writes);
        while (manager.HasMore)
        {
            await manager.ReceiveAsync();
        }

        Assert.Equal("1", (await manager.ReceiveAsync("WATCHDOG"))["WATCHDOG"]);

        log.Start();
        await log.WaitForAsync("op=exec_command listener=unix:");
        string[] seen = [.. log.Lines.SkipLast(1)];
        Assert.All(seen, line => Assert.Matches(WholeRecord(), line));
        string loss = Assert.Single(seen, line => line.StartsWith("log ", StringComparison.Ordinal));
        int lost = int.Parse(loss.Split(' ')[1]["lost=".Length..], CultureInfo.InvariantCulture);
        Assert.Equal(info.Number("lost_log_records"), lost);
        Assert.Equal(2 * Writes, lost + seen.Count(line => line.StartsWith("audit op=file_write ", StringComparison.Ordinal)));
        string newest = seen.Last(line => line.Contains("op=file_write ", StringComparison.Ordinal));
        Assert.Contains($" outcome=ok rule=- subject=\"{_directory[$"{Writes - 1:D4}"]}\" ", newest, StringComparison.Ordinal);

        // It flows again.
        await client.ExchangeAsync(Requests.Call("later", "file_delete", new JsonObject { ["path"] = _directory["0000"] }));
        await log.WaitForAsync("op=file_delete listener=unix:");
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Socket)]
    [InlineData(Kind.PipeOfAnother)]
    public async Task It_does_not_hold_up_the_stop(Kind kind)
    {
        using var manager = new ServiceManager(_directory["notify"]);
        (RunningAgent agent, LateReader reader) = await StartAsync(kind, manager);
        await using RunningAgent running = agent;
        using LateReader log = reader;
        using RawClient client = await agent.ConnectAsync();
        await WriteAsync(client, Writes);
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task A_reader_who_comes_in_time_has_all_of_it_before_the_end()
    {
        (RunningAgent agent, LateReader reader) =
            await LogOutput.StartOnPipeAsync(AgentConfig.WithFiles(_directory.Path), _directory);
        await using RunningAgent running = agent;
        using LateReader log = reader;
        using RawClient client = await agent.ConnectAsync();
        const int Few = 400;
        await WriteAsync(client, Few);
        Task<int> stop = agent.StopAsync();
        log.Start();
        Assert.Equal(0, await stop);
        await log.WaitForAsync($"/{Few - 1:D4}");
        Assert.Equal(2 * Few, log.Lines.Count(line => line.StartsWith("audit op=file_write ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_terminal_that_is_stopped_goes_on_where_it_was()
    {
        using TerminalRun terminal = TerminalRun.Start($"tty > {_directory["tty"]}; echo open; exec sleep 1000");
        await terminal.ShowsAsync("open");
        string device = (await File.ReadAllTextAsync(_directory["tty"], TestContext.Current.CancellationToken)).Trim();
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithFiles(_directory.Path), _directory, wrapper: LogOutput.Into(device));
        using RawClient client = await agent.ConnectAsync();
        await WriteAsync(client, 1);
        await terminal.ShowsAsync("/0000");

        await terminal.TypeAsync("\u0013");
        int last = 1;
        while (!(await client.ExchangeAsync(Requests.Call("info", "get_agent_info"))).Result().ContainsKey("lost_log_records"))
        {
            await WriteAsync(client, last + 100, from: last);
            last += 100;
        }

        await terminal.TypeAsync("\u0011");
        await terminal.ShowsAsync("log lost=");
        await terminal.ShowsAsync($"/{last - 1:D4}");
    }

    [Fact]
    public async Task A_reader_who_has_gone_and_comes_back_is_told_what_he_missed()
    {
        using var place = new TemporaryDirectory();
        (RunningAgent agent, LateReader reader) =
            await LogOutput.StartOnPipeAsync(AgentConfig.WithFiles(_directory.Path), place);
        await using RunningAgent running = agent;
        using RawClient client = await agent.ConnectAsync();
        reader.Dispose();
        await WriteAsync(client, 10);

        using LateReader next = (await LogOutput.OpenPipeAsync(place)).Start();
        await client.ExchangeAsync(Requests.Call("later", "file_delete", new JsonObject { ["path"] = _directory["0000"] }));
        await next.WaitForAsync("op=file_delete listener=unix:");
        Assert.Equal("log lost=20 refusals=0", next.Lines[0]);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told_to_hosts()
    {
        // A configuration that its host may change would be warned of.
        using var place = new TemporaryDirectory();
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.WithFiles(_directory.Path), place, wrapper: LogOutput.Into("/dev/full"));
        using RawClient client = await agent.ConnectAsync();
        JsonObject info = (await client.ExchangeAsync(Requests.Call("before", "get_agent_info"))).Result();
        Assert.False(info.ContainsKey("lost_log_records"));
        await WriteAsync(client, 10);
        info = (await client.ExchangeAsync(Requests.Call("after", "get_agent_info"))).Result();
        Assert.Equal(20, info.Number("lost_log_records"));
    }

    [GeneratedRegex(
        "^(audit op=[a-z_]+ listener=[^ ]+ peer=[^ ]+ id=[^ ]+ decision=allowed outcome=[a-z_]+ rule=- subject=\"[^\"]+\" " +
        "bytes=[0-9]+ ms=[0-9]+|log lost=[0-9]+ refusals=[0-9]+)$")]
    private static partial Regex WholeRecord();

    private Task<(RunningAgent Agent, LateReader Reader)> StartAsync(Kind kind, ServiceManager manager)
    {
        if (kind == Kind.PipeOfAnother)
        {
            // The agent is nobody there, and cannot open the pipe of root once more.
            Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a pipe to somebody else");
            File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_111_111);
            File.SetUnixFileMode(_directory["notify"], (UnixFileMode)0b110_110_110);
        }

        var config = new AgentConfig
        {
            Policy = new JsonObject { ["commands"] = "any", ["write_paths"] = new JsonArray(_directory.Path) },
        };
        var environment = new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = manager.Address,
            ["WATCHDOG_USEC"] = "200000",
        };
        return kind switch
        {
            Kind.Socket => LogOutput.StartOnSocketAsync(config, _directory, environment),
            Kind.PipeOfAnother => LogOutput.StartOnPipeAsync(
                config, _directory, environment, "/bin/sh", "-c", BecomeNobody, "sh"),
            _ => LogOutput.StartOnPipeAsync(config, _directory, environment),
        };
    }

    private async Task WriteAsync(RawClient client, int count, int from = 0)
    {
        for (int i = from; i < count; i++)
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Call(
                i, "file_write", new JsonObject { ["path"] = _directory[$"{i:D4}"], ["content"] = "" }));
            reply.Result();
        }
    }
}
