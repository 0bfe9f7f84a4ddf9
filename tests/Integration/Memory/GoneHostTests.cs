using System.Net.Sockets;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Memory;

/// <summary>What hosts have asked for before they went costs next to nothing, however many they are.</summary>
public sealed class GoneHostTests : IDisposable
{
    private const int Hosts = 300;
    private const int RequestsOfOne = 64;

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Their_calls_do_not_pile_up_and_the_agent_stops_in_time()
    {
        await File.WriteAllBytesAsync(_directory["large"], new byte[10 << 20], TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithFiles(_directory[""]));
        using RawClient modest = await agent.ConnectAsync();
        Assert.True((await modest.ExchangeAsync(Requests.Ping(0))).Result().Flag("pong"));
        int descriptors = agent.Facts.Descriptors;
        string requests = string.Join('\n', Enumerable.Range(0, RequestsOfOne).Select(i =>
            Requests.Call(i, "file_read", new JsonObject { ["path"] = _directory["large"] })));
        for (int i = 0; i < Hosts; i++)
        {
            try
            {
                using RawClient host = await agent.ConnectAsync();
                await host.SendAsync(requests);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // More than there are places, or wait for one: this one was closed, or not taken at all.
            }
        }

        Assert.True((await modest.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
        await Bounded.UntilAsync(
            () => agent.Facts.Descriptors <= descriptors,
            () => $"the end of what was asked for: {agent.Facts.Descriptors} descriptors, {descriptors} before");
        // With the descriptors all places are free again, but for that of the one that is there.
        using RawClient next = await agent.ConnectAsync();
        Assert.Equal(10 << 20, (await next.ExchangeAsync(Requests.Call(
            1, "file_stat", new JsonObject { ["path"] = _directory["large"] }))).Result().Number("size_bytes"));
    }

    public void Dispose() => _directory.Dispose();
}
