using System.Net.Sockets;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Host.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestClientServicesTests
{
    private readonly ScriptedGuest _guest = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_no_endpoint_is_refused_where_it_is_added() =>
        Assert.Throws<GuestEndpointException>(() => new ServiceCollection().AddGuestClient("ftp://x"));

    [Fact]
    public async Task Nothing_is_connected_before_somebody_asks_and_all_share_one_client()
    {
        await using ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        Assert.Equal((0, null), (_guest.Attempts, source.Status));

        Task<IGuestClient> first = source.GetAsync(Token).AsTask();
        Task<IGuestClient> second = source.GetAsync(Token).AsTask();
        ScriptedAgent agent = await _guest.AcceptAsync();
        IGuestClient client = await first.InTime();
        Assert.Same(client, await second.InTime());
        Assert.Same(client, await source.GetAsync(Token));
        Assert.Equal((1, ConnectionState.Connected), (_guest.Attempts, source.Status!.State));

        Task<PingResult> pinging = client.PingAsync(Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        Assert.True((await pinging.InTime()).Pong);
    }

    [Fact]
    public async Task After_a_failed_attempt_the_next_caller_tries_again()
    {
        _guest.Refuse(1);
        await using ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        GuestConnectionException e =
            await Assert.ThrowsAsync<GuestConnectionException>(() => source.GetAsync(Token).InTime());
        Assert.Equal(ConnectionFailure.Refused, e.Reason);

        Task<IGuestClient> again = source.GetAsync(Token).AsTask();
        await _guest.AcceptAsync();
        await again.InTime();
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_others_to_try()
    {
        await using ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        using var impatient = new CancellationTokenSource();
        Task<IGuestClient> first = source.GetAsync(impatient.Token).AsTask();
        await _guest.AcceptSilentlyAsync();
        Task<IGuestClient> second = source.GetAsync(Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.InTime());
        await _guest.AcceptAsync();
        await second.InTime();
    }

    [Fact]
    public async Task A_client_that_was_closed_for_good_is_replaced()
    {
        await using ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        Task<IGuestClient> first = source.GetAsync(Token).AsTask();
        ScriptedAgent agent = await _guest.AcceptAsync();
        IGuestClient client = await first.InTime();
        agent.Close();
        await client.Closed.InTime();

        Task<IGuestClient> second = source.GetAsync(Token).AsTask();
        await _guest.AcceptAsync();
        Assert.NotSame(client, await second.InTime());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_provider_takes_its_clients_along(bool asynchronously)
    {
        ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        Task<IGuestClient> getting = source.GetAsync(Token).AsTask();
        await _guest.AcceptAsync();
        IGuestClient client = await getting.InTime();
        if (asynchronously)
        {
            await services.DisposeAsync().InTime();
        }
        else
        {
            await Task.Run(services.Dispose, Token).InTime();
        }

        Assert.Equal(ConnectionFailure.Disposed, (await client.Closed.InTime()).Reason);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.GetAsync(Token));
    }

    [Fact]
    public async Task Who_waits_for_a_connection_when_the_provider_ends_is_told()
    {
        ServiceProvider services = Services();
        IGuestClientSource source = services.GetRequiredService<IGuestClientSource>();
        Task<IGuestClient> first = source.GetAsync(Token).AsTask();
        await _guest.AcceptSilentlyAsync();
        Task<IGuestClient> second = source.GetAsync(Token).AsTask();
        await services.DisposeAsync().InTime();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.InTime());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second.InTime());
    }

    [Fact]
    public async Task Guests_are_told_apart_by_their_keys()
    {
        var other = new ScriptedGuest();
        await using ServiceProvider services = new ServiceCollection()
            .AddKeyedGuestClient("a", (_, token) => _guest.StartConnecting(GuestClientOptions.Default, token))
            .AddKeyedGuestClient("b", (_, token) => other.StartConnecting(GuestClientOptions.Default, token))
            .BuildServiceProvider();
        Task<IGuestClient> getting = services.GetRequiredKeyedService<IGuestClientSource>("b").GetAsync(Token).AsTask();
        await other.AcceptAsync(ScriptedAgent.Describe("instance-b"));
        Assert.Equal("instance-b", (await getting.InTime()).Agent.Instance);
        Assert.Equal(0, _guest.Attempts);
        Assert.Null(services.GetService<IGuestClientSource>());
    }

    [Fact]
    public async Task What_is_added_by_its_endpoint_connects_there_and_logs_where_the_program_does()
    {
        using var directory = new TemporaryDirectory();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(directory["agent.sock"]));
        listener.Listen();
        using var log = new RecordedLog();
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(log)
            .AddGuestClient("unix://" + directory["agent.sock"])
            .BuildServiceProvider();
        Task<IGuestClient> getting = services.GetRequiredService<IGuestClientSource>().GetAsync(Token).AsTask();
        using Socket accepted = await listener.AcceptAsync(Token).AsTask().InTime();
        using var stream = new NetworkStream(accepted);
        using var reader = new StreamReader(stream);
        string? line = "";
        while (line?.Length == 0)
        {
            line = await reader.ReadLineAsync(Token).AsTask().InTime();
        }

        await stream.WriteAsync(
            System.Text.Encoding.UTF8.GetBytes(ScriptedAgent.HelloReply(ScriptedCall.Parse(line!)) + "\n"), Token);
        await getting.InTime();
        Assert.StartsWith("Connected to unix://", log.TextOf("Connected"), StringComparison.Ordinal);
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddGuestClient((_, token) => _guest.StartConnecting(GuestClientOptions.Default, token))
        .BuildServiceProvider();
}
