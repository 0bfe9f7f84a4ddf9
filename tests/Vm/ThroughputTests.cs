using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Much at once over one port.</summary>
[Collection(SharedQuietMachine.Name)]
public sealed class ThroughputTests(AgentMachine agent)
{
    private static readonly TimeSpan LongLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ping_gets_through_a_stream_at_full_speed()
    {
        const int Pings = 100;
        const int Cancelled = -32005;
        using RawHost host = await agent.AttachAsync();
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        string stream = await host.PostAsync("exec_command", endless);
        await host.ReceiveUntilAsync(Message.IsOutput, "output");
        List<double> times = [];
        for (int i = 0; i < Pings; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await host.CallAsync("ping");
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        await host.CallAsync("cancel", new JsonObject { ["id"] = stream });
        // Which of the two replies comes first is open.
        JsonElement end = host.FindReply(stream) ?? await host.ReceiveReplyAsync(stream);
        Assert.Equal(Cancelled, end.GetProperty("error").GetProperty("code").GetInt32());
        times.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"ping beside a stream: median {times[Pings / 2]:0.0} ms, p99 {times[Pings * 99 / 100]:0.0} ms");
        Assert.InRange(times[Pings * 99 / 100], 0, 1000);
    }

    [Fact]
    public async Task Twenty_sleeping_commands_sleep_at_the_same_time()
    {
        const int Commands = 20;
        await using GuestClient client = await agent.ConnectAsync();
        long start = Stopwatch.GetTimestamp();

        CommandResult[] results = await Task.WhenAll(
            Enumerable.Range(0, Commands).Select(_ => client.ExecuteAsync(new GuestCommand("sleep", "2"), Token)));

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Commands} commands of 2 s: {elapsed}");
        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.InRange(elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2 * Commands / 2));
    }

    [Fact]
    public async Task A_result_of_a_mebibyte_is_exact()
    {
        string digest = await MakeFileAsync("/run/mebibyte", 1);
        await using GuestClient client = await agent.ConnectAsync();

        CommandResult result = await client.ExecuteAsync(new GuestCommand("cat", "/run/mebibyte"), Token);

        Assert.False(result.Exit.OutputTruncated);
        Assert.Equal(digest, Content.Digest(result.StandardOutput.Span));
    }

    [Fact]
    public async Task Streamed_output_of_16_MiB_is_exact()
    {
        string digest = await MakeFileAsync("/run/stream", 16);
        await using GuestClient client = await agent.ConnectAsync();
        long start = Stopwatch.GetTimestamp();
        ArrayBufferWriter<byte> received = new();

        await using GuestProcess process = await client.StartAsync(
            new GuestCommand("cat", "/run/stream") { Timeout = LongLimit }, Token);
        await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
        {
            Assert.Equal(received.WrittenCount, chunk.Offset);
            received.Write(chunk.Data.Span);
        }

        CommandExit exit = await process.Completion;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"16 MiB: {16 / elapsed.TotalSeconds:0.0} MiB/s");
        Assert.True(exit.Succeeded);
        Assert.Equal(digest, Content.Digest(received.WrittenSpan));
    }

    [Fact]
    public async Task Memory_comes_back_after_heavy_use()
    {
        const long MostResident = 18 * 1024;
        await MakeFileAsync("/run/stream", 16);
        await using (GuestClient client = await agent.ConnectAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.ExecuteAsync(
                new GuestCommand("head", "-c", "1000000", "/run/stream") { Timeout = LongLimit }, Token)));
            await using GuestProcess process = await client.StartAsync(
                new GuestCommand("cat", "/run/stream") { Timeout = LongLimit }, Token);
            await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
            {
                Assert.NotEqual(0, chunk.Data.Length);
            }
        }

        long resident = (await agent.FiguresAsync()).ResidentKiB;
        long start = Stopwatch.GetTimestamp();
        TestContext.Current.TestOutputHelper?.WriteLine($"resident after heavy use: {resident} KiB");
        while (resident > MostResident && Stopwatch.GetElapsedTime(start) < GiveBackLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), Token);
            resident = (await agent.FiguresAsync()).ResidentKiB;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(start)} later: {resident} KiB");
        Assert.InRange(resident, 0, MostResident);
    }

    private Task<string> MakeFileAsync(string path, int mebibytes)
        => agent.ShellAsync($"head -c {mebibytes}M /dev/urandom > {path} && sha256sum < {path} | cut -c1-64");
}
