using System.Text.Json.Nodes;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>What the log of the published agent says of what hosts did.</summary>
public sealed class AuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_download_in_a_thousand_pieces_is_two_records_that_have_all_of_it()
    {
        const int Size = 64 * 1024 * 1024;
        using TemporaryDirectory files = new();
        await File.WriteAllBytesAsync(files["large"], new byte[Size], Token);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files.Path));
        await using (GuestClient client = await GuestClient.ConnectAsync($"unix://{agent.SocketPath}", null, Token))
        {
            await client.Files.DownloadAsync(files["large"], Stream.Null, cancellationToken: Token);
        }

        Assert.Equal(0, await agent.StopAsync());
        string[] records = Records(agent, "file_read");
        Assert.InRange(records.Length, 2, 4);
        Assert.Contains("id=", records[0], StringComparison.Ordinal);
        Assert.All(records[1..], record => Assert.Contains(" repeats=", record, StringComparison.Ordinal));
        Assert.Equal(Size, records.Sum(record => Number(record, "bytes")));
        Assert.InRange(records.Sum(record => Number(record, "repeats")), 100, Size / 4096);
        Assert.All(records, record => Assert.Contains($"subject=\"{files["large"]}\"", record, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_tries_paths_does_not_fill_the_log()
    {
        const int Tries = 2000;
        using TemporaryDirectory files = new();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files.Path));
        using RawClient client = await agent.ConnectAsync();
        for (int i = 0; i < Tries; i++)
        {
            JsonObject reply = await client.ExchangeAsync(
                Requests.Call(i, "file_read", new JsonObject { ["path"] = $"/etc/{i}" }));
            Assert.Equal("policy.read_paths", reply.ErrorRule());
        }

        Assert.Equal(0, await agent.StopAsync());
        string[] records = [.. agent.Log.Lines.Where(line => line.Contains("audit op=", StringComparison.Ordinal))];
        Assert.InRange(records.Length, 2, 40);
        Assert.Equal(Tries, records.Sum(record => Math.Max(Number(record, "repeats"), 1)));
    }

    [Fact]
    public async Task What_a_host_only_asks_about_is_recorded_as_a_check()
    {
        using TemporaryDirectory files = new();
        await File.WriteAllTextAsync(files["file"], "", Token);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files.Path));
        using RawClient client = await agent.ConnectAsync();
        foreach (string path in (string[])[files["file"], "/etc/passwd"])
        {
            (await client.ExchangeAsync(Requests.Call(
                1, "policy_check", new JsonObject { ["operation"] = "file_read", ["params"] = new JsonObject { ["path"] = path } })))
                .Result();
        }

        await agent.Log.WaitForAsync($"decision=allowed outcome=ok rule=policy.read_paths subject=\"file_read {files["file"]}\"");
        string denied = await agent.Log.WaitForAsync("decision=denied outcome=permission_denied rule=policy.read_paths");
        Assert.Contains("audit op=policy_check ", denied, StringComparison.Ordinal);
        Assert.DoesNotContain("op=file_read", agent.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_host_writes_is_in_the_record_by_its_size_alone()
    {
        using TemporaryDirectory files = new();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files.Path));
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Call(
            1, "file_write", new JsonObject { ["path"] = files["file"], ["content"] = "the secret of the content" }));

        string record = await agent.Log.WaitForAsync("decision=allowed outcome=ok");
        Assert.Contains("audit op=file_write ", record, StringComparison.Ordinal);
        Assert.Equal(25, Number(record, "bytes"));
        Assert.DoesNotContain("secret", agent.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_cannot_forge_further_fields()
    {
        using TemporaryDirectory files = new();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(files.Path));
        using RawClient client = await agent.ConnectAsync();
        string path = files["a\" outcome=ok bytes=7\\"];
        await client.ExchangeAsync(Requests.Call(1, "file_write", new JsonObject { ["path"] = path, ["content"] = "" }));

        string record = await agent.Log.WaitForAsync("audit op=file_write ");
        Assert.Contains($"subject=\"{files["a"]}\\\" outcome=ok bytes=7\\\\\" bytes=0 ", record, StringComparison.Ordinal);
    }

    private static string[] Records(RunningAgent agent, string operation) =>
        [.. agent.Log.Lines.Where(line => line.Contains($"audit op={operation} ", StringComparison.Ordinal))];

    private static long Number(string record, string name) =>
        record.Split(' ').FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal)) is { } word
            ? long.Parse(word[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)
            : 0;
}
