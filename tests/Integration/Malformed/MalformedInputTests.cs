using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Malformed;

/// <summary>Whatever a host sends, the agent answers, lives, and does not grow.</summary>
public sealed class MalformedInputTests
{
    private const int Seed = 20261121;
    private const int Blocks = 240;
    private const int InputsPerBlock = 500;
    private const int WarmUpBlocks = 140;
    private const long MayGrowBytes = 24 << 20;

    [Fact]
    public async Task A_hundred_thousand_malformed_inputs_do_no_harm()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        var generator = new InputGenerator(Seed);
        var tally = new ReplyTally();
        long warm = 0;
        for (int block = 0; block < Blocks; block++)
        {
            byte[] input = [.. Enumerable.Range(0, InputsPerBlock).SelectMany(_ => generator.Next())];
            try
            {
                await PlayAsync(client, input, $"block {block}", tally);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException(
                    $"seed {Seed}, block {block}: {await Save(input, block)}: {e.Message}\n{string.Join('\n', agent.Log.Lines.TakeLast(3))}", e);
            }

            warm = block == WarmUpBlocks ? agent.Facts.ResidentBytes : warm;
        }

        Assert.True(agent.Facts.IsAlive);
        Assert.True(tally.Count > Blocks * InputsPerBlock / 2, $"{tally.Count} replies");
        Assert.InRange(agent.Facts.ResidentBytes, 0, warm + MayGrowBytes);
        Assert.DoesNotContain(agent.Log.Lines, line => line.Contains("defect of the agent", StringComparison.Ordinal));
    }

    // Sent while replies are read: neither side may wait for the other.
    private static async Task PlayAsync(RawClient client, byte[] input, string id, ReplyTally tally)
    {
        Task sending = SendAsync(client, input, id);
        string last = $"\"{id}\"";
        string line;
        do
        {
            line = await client.ReadLineAsync() ?? throw new EndOfStreamException("the agent has ended the connection");
            tally.Add(line);
        }
        while (!line.Contains(last, StringComparison.Ordinal));

        await sending;
    }

    private static async Task SendAsync(RawClient client, byte[] input, string id)
    {
        await client.SendBytesAsync(input);
        await client.SendAsync(Requests.Ping(id));
    }

    private static async Task<string> Save(byte[] input, int block)
    {
        string path = Path.Combine(Path.GetTempPath(), $"guest-agent-malformed-{Seed}-{block}");
        await File.WriteAllBytesAsync(path, input);
        return path;
    }
}
