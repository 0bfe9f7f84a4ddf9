using System.Text.Json.Nodes;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostLibrary;

/// <summary>Whole files through the library and the published agent, over connections that break.</summary>
public sealed class FileTransferTests : IDisposable
{
    private const int Bytes = 8 * 1024 * 1024;

    private static readonly GuestClientOptions Reconnecting = new()
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private static readonly byte[] Content = MakeContent();

    private readonly TemporaryDirectory _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["read_paths"] = new JsonArray(_files.Path),
            ["write_paths"] = new JsonArray(_files.Path),
        },
    };

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_file_goes_up_and_comes_down_unchanged()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await using GuestClient guest = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Token);
        FileUploadCommitResult up =
            await guest.Files.UploadAsync(new MemoryStream(Content), _files["f"], cancellationToken: Token);
        using var down = new MemoryStream();
        DownloadResult result = await guest.Files.DownloadAsync(_files["f"], down, cancellationToken: Token);
        Assert.Equal(Content, down.ToArray());
        Assert.Equal((up.Sha256, up.BytesWritten), (result.Sha256, result.Bytes));
    }

    [Fact]
    public async Task Transfers_survive_connections_that_break_again_and_again()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        int connections = 0;
        await using GuestClient guest = await GuestClient.ConnectAsync(
            token =>
            {
                Interlocked.Increment(ref connections);
                return CutStream.ConnectAsync(agent.SocketPath, 3 * 1024 * 1024, token);
            },
            Reconnecting,
            Token);
        await guest.Files.UploadAsync(new MemoryStream(Content), _files["f"], cancellationToken: Token);
        Assert.Equal(Content, await File.ReadAllBytesAsync(_files["f"], Token));
        using var down = new MemoryStream();
        await guest.Files.DownloadAsync(_files["f"], down, cancellationToken: Token);
        Assert.Equal(Content, down.ToArray());
        Assert.True(connections > 4);
    }

    [Fact]
    public async Task Another_client_finishes_what_one_began()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        string token;
        await using (GuestClient first = await GuestClient.ConnectAsync(
            stop => CutStream.ConnectAsync(agent.SocketPath, 3 * 1024 * 1024, stop), cancellationToken: Token))
        {
            token = (await first.Files.BeginUploadAsync(_files["f"], cancellationToken: Token)).Token;
            await Assert.ThrowsAsync<GuestConnectionException>(
                () => first.Files.ContinueUploadAsync(token, new MemoryStream(Content), cancellationToken: Token));
        }

        await using GuestClient second = await GuestClient.ConnectAsync(agent.SocketPath, cancellationToken: Token);
        await second.Files.ContinueUploadAsync(token, new MemoryStream(Content), cancellationToken: Token);
        Assert.Equal(Content, await File.ReadAllBytesAsync(_files["f"], Token));
    }

    [Fact]
    public async Task A_client_comes_back_to_an_agent_that_was_restarted()
    {
        using var place = new TemporaryDirectory();
        await using RunningAgent first = await RunningAgent.StartAsync(Config, place);
        await using GuestClient guest = await GuestClient.ConnectAsync(first.SocketPath, Reconnecting, Token);
        string instance = guest.Agent.Instance;
        await first.StopAsync();
        await using RunningAgent second = await RunningAgent.StartAsync(Config, place);
        Assert.True((await guest.PingAsync(Token)).Pong);
        Assert.NotEqual(instance, guest.Agent.Instance);
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[Bytes];
        new Random(3).NextBytes(content);
        return content;
    }
}
