using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Memory;

/// <summary>Whatever else hosts make the agent hold, it stays within its memory, serves others, and has it back afterwards.</summary>
public sealed class HeldMemoryTests : IDisposable
{
    private const int Hosts = 40;
    private const long Budget = 48L << 20;
    private const int Message = 8 << 20;
    private const int Busy = -32004;
    private const string Rule = "limits.max_memory_bytes";

    private readonly TemporaryDirectory _directory = new();

    private static JsonObject Limits => new()
    {
        ["max_memory_bytes"] = Budget,
        ["max_message_bytes"] = Message,
        ["max_output_bytes"] = 600_000,
        ["kill_grace_seconds"] = 0.2,
    };

    [Fact]
    public async Task Frames_that_are_not_complete()
    {
        await using RunningAgent agent = await WorkloadAgent.StartAsync(Limits);
        long before = agent.Facts.ResidentBytes;
        List<OriginalHost> holders = [];
        for (int i = 0; i < Hosts; i++)
        {
            OriginalHost holder = await OriginalHost.ConnectAsync(agent.SocketPath);
            holders.Add(holder);
            await holder.SendRawAsync([0, 0x7F, 0xFF, 0xFF]);
            // One that was refused has its rest skipped, or is closed after a while.
            await holder.SendRawAsync(new byte[Message - 100_000]);
            if (i % 8 == 0)
            {
                using OriginalHost modest = await OriginalHost.ConnectAsync(agent.SocketPath);
                await modest.SendAsync(WorkloadAgent.Script("echo served"));
                Assert.Equal(["served"], (await modest.FinishAsync()).Lines);
            }
        }

        AssertWithin(agent, before);
        JsonObject response = (await holders[0].FinishAsync()).Response;
        Assert.StartsWith("busy: ", response["error"]!.GetValue<string>(), StringComparison.Ordinal);
        holders.ForEach(holder => holder.Dispose());
        await ComesBackAsync(agent, before);
    }

    [Fact]
    public async Task Replies_that_nobody_reads()
    {
        await using RunningAgent agent = await StartAsync();
        await File.WriteAllBytesAsync(_directory["content"], new byte[3 << 20], TestContext.Current.CancellationToken);
        long before = agent.Facts.ResidentBytes;
        string request = Requests.Call(
            1, "file_read", new JsonObject { ["path"] = _directory["content"], ["encoding"] = "base64" });
        List<RawClient> holders = [];
        using RawClient modest = await agent.ConnectAsync();
        for (int i = 0; i < Hosts; i++)
        {
            RawClient holder = await agent.ConnectAsync();
            holders.Add(holder);
            await holder.SendAsync(request);
            await holder.SendAsync(request.Replace("\"id\":1", "\"id\":2", StringComparison.Ordinal));
            if (i % 8 == 0)
            {
                await BehaveAsync(modest);
            }
        }

        // Each has one answer or another.
        int refused = 0;
        foreach (RawClient holder in holders)
        {
            for (int i = 0; i < 2; i++)
            {
                JsonObject reply = await holder.ReadAsync();
                Assert.True(reply["error"] is null || (reply.ErrorCode() == Busy && reply.ErrorRule() == Rule), reply.ToJsonString());
                refused += reply["error"] is null ? 0 : 1;
            }

            holder.Dispose();
        }

        Assert.InRange(refused, Hosts, 2 * Hosts);
        AssertWithin(agent, before);
        await ComesBackAsync(agent, before);
    }

    [Fact]
    public async Task Input_that_commands_do_not_read()
    {
        await using RunningAgent agent = await StartAsync();
        long before = agent.Facts.ResidentBytes;
        using RawClient modest = await agent.ConnectAsync();
        List<RawClient> holders = [];
        int refused = 0;
        for (int i = 0; i < Hosts / 2; i++)
        {
            RawClient holder = await agent.ConnectAsync();
            holders.Add(holder);
            await holder.SendAsync(Requests.Exec(
                "command", "/bin/sleep", ["600"], new JsonObject { ["stdin"] = new string('s', 4 << 20), ["timeout_seconds"] = 300 }));
            JsonObject reply = await holder.ExchangeAsync(Requests.Ping("after"));
            refused += reply.Text("id") == "command" ? 1 : 0;
            await BehaveAsync(modest);
        }

        Assert.InRange(refused, (Hosts / 2) - 4, (Hosts / 2) - 1);
        AssertWithin(agent, before);
        holders.ForEach(holder => holder.Dispose());
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the commands");
        await ComesBackAsync(agent, before);
    }

    [Fact]
    public async Task Answers_of_batches_that_wait_for_their_last()
    {
        const long Small = 16L << 20;
        const int Batches = 60;
        JsonObject limits = Limits;
        limits["max_memory_bytes"] = Small;
        limits["max_message_bytes"] = 1 << 20;
        limits["max_output_bytes"] = 4096;
        limits["max_concurrent_commands"] = 200;
        limits["max_concurrent_requests"] = 1024;
        await using RunningAgent agent = await StartAsync(limits);
        long before = agent.Facts.ResidentBytes;
        using RawClient modest = await agent.ConnectAsync();
        List<RawClient> holders = [];
        int refused = 0;
        for (int i = 0; i < 3; i++)
        {
            RawClient holder = await agent.ConnectAsync();
            holders.Add(holder);
            // A host that reads what it is told: one that does not, and for which there is no memory, is ended.
            Task<int> told = CountRefusedAsync(holder);
            for (int batch = 0; batch < Batches; batch++)
            {
                string quick = string.Concat(
                    Enumerable.Range(0, 63).Select(n => Requests.Call((batch * 64) + n, "get_agent_info") + ","));
                await holder.SendAsync($"[{quick}{Requests.Exec($"last-{batch}", "/bin/sleep", ["600"])}]");
            }

            await holder.SendAsync(Requests.Ping("after"));
            refused += await told;
            await BehaveAsync(modest);
        }

        Assert.InRange(refused, 1, (3 * Batches) - 1);
        AssertWithin(agent, before, Small, MemoryTolerance.OfManyAnswersBytes);
        holders.ForEach(holder => holder.Dispose());
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the commands");
        await ComesBackAsync(agent, before);
    }

    [Fact]
    public async Task Output_is_kept_as_far_as_there_is_memory_and_says_so()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient holder = await agent.ConnectAsync();
        using RawClient client = await agent.ConnectAsync();
        await holder.SendAsync(Requests.Exec(
            1, "/bin/sleep", ["600"], new JsonObject { ["stdin"] = new string('s', 6 << 20), ["timeout_seconds"] = 300 }));
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");
        List<RawClient> more = [];
        for (int size = 4 << 20; size > 100_000; size /= 2)
        {
            more.Add(await agent.ConnectAsync());
            await more[^1].SendAsync(Requests.Exec(
                1, "/bin/sleep", ["600"], new JsonObject { ["stdin"] = new string('s', size), ["timeout_seconds"] = 300 }));
            await more[^1].ExchangeAsync(Requests.Ping("after"));
        }

        JsonObject result = (await client.ExchangeAsync(Requests.Shell(1, "head -c 590000 /dev/zero | tr '\\0' a"))).Result();
        Assert.Equal(590_000, result.Number("stdout_bytes"));
        Assert.True(result.Flag("stdout_truncated"));
        Assert.InRange(result.Text("stdout").Length, 4096, 589_999);
        more.ForEach(other => other.Dispose());
    }

    public void Dispose() => _directory.Dispose();

    private static void AssertWithin(
        RunningAgent agent, long before, long budget = Budget, long tolerance = MemoryTolerance.WhileUsedUpBytes)
    {
        long most = agent.Facts.PeakBytes;
        Assert.True(most < before + budget + tolerance, $"{most >> 20} MiB of {budget >> 20} and {before >> 20}");
    }

    private static Task ComesBackAsync(RunningAgent agent, long before) => Bounded.UntilAsync(
        () => agent.Facts.ResidentBytes < before + MemoryTolerance.AfterwardsBytes,
        () => $"memory to come back: {agent.Facts.ResidentBytes >> 20} MiB, {before >> 20} before");

    // Reads up to the answer to the ping behind the batches.
    private static async Task<int> CountRefusedAsync(RawClient holder)
    {
        int refused = 0;
        string line;
        while (!(line = (await holder.ReadLineAsync())!).Contains("\"after\"", StringComparison.Ordinal))
        {
            // The whole batch, or what would have made it wait.
            Assert.Contains($"\"code\":{Busy}", line, StringComparison.Ordinal);
            refused += line.Contains(Rule, StringComparison.Ordinal) ? 1 : 0;
        }

        return refused;
    }

    private async Task BehaveAsync(RawClient client)
    {
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
        Assert.Equal(6, (await client.ExchangeAsync(Requests.Call(
            2, "file_write", new JsonObject { ["path"] = _directory["small"], ["content"] = "served" }))).Result().Number("bytes_written"));
    }

    private Task<RunningAgent> StartAsync(JsonObject? limits = null)
    {
        JsonObject policy = AgentConfig.WithFiles(_directory[""]).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        return RunningAgent.StartAsync(new AgentConfig { Policy = policy, Limits = limits ?? Limits });
    }
}
