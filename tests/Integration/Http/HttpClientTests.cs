using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>The library's HTTP client, and a plain one, over the endpoints of guests.</summary>
public sealed class HttpClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1/ping")]
    [InlineData("")]
    [InlineData("//guest/v1/ping")]
    public async Task What_is_no_path_is_refused_before_anybody_is_asked(string path)
    {
        using var client = new GuestHttpClient(GuestEndpoint.Unix("/nowhere"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.DoJsonAsync(HttpMethod.Post, path, cancellationToken: Cancel));
    }

    [Fact]
    public async Task That_nobody_is_there_is_the_failure_of_a_connection()
    {
        using var client = new GuestHttpClient(GuestEndpoint.Unix("/nowhere/http.sock"));
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(
            () => client.DoJsonAsync(HttpMethod.Get, "/healthz", cancellationToken: Cancel));
        Assert.Equal(ConnectionFailure.NotFound, e.Reason);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_waited_for_so_long_and_no_longer()
    {
        using var place = new TemporaryDirectory();
        using Socket silent = Listen(place["sock"]);
        using var client = new GuestHttpClient(GuestEndpoint.Unix(place["sock"]), TimeSpan.FromMilliseconds(50));
        GuestCallTimeoutException e = await Assert.ThrowsAsync<GuestCallTimeoutException>(
            () => client.DoJsonAsync(HttpMethod.Get, "/v1/x", cancellationToken: Cancel));
        Assert.Equal(("GET /v1/x", TimeSpan.FromMilliseconds(50)), (e.Method, e.Waited));
        using var gone = new CancellationTokenSource();
        using var patient = new GuestHttpClient(GuestEndpoint.Unix(place["sock"]));
        Task waiting = patient.DoJsonAsync(HttpMethod.Get, "/v1/x", cancellationToken: gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ConnectionFailure.ProtocolViolation)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}", ConnectionFailure.Lost)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", ConnectionFailure.Lost)]
    [InlineData("SSH-2.0-x\r\n", ConnectionFailure.Lost)]
    public async Task An_answer_that_is_none_is_the_failure_of_the_connection(string answer, ConnectionFailure reason)
    {
        using var place = new TemporaryDirectory();
        using Socket listener = Listen(place["sock"]);
        Task answering = AnswerAsync(listener, Encoding.ASCII.GetBytes(answer));
        using var client = new GuestHttpClient(
            GuestEndpoint.Unix(place["sock"]), options: new GuestClientOptions { MaxMessageBytes = 4096 });
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(
            () => client.DoJsonAsync(HttpMethod.Get, "/v1/x", cancellationToken: Cancel));
        Assert.Equal(reason, e.Reason);
        await answering;
    }

    [Fact]
    public async Task A_status_that_is_no_success_brings_the_beginning_of_its_body()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using var client = new GuestHttpClient(GuestEndpoint.Unix(agent.SocketPath));
        GuestHttpException unknown = await Assert.ThrowsAsync<GuestHttpException>(
            () => client.DoJsonAsync(HttpMethod.Post, "/v1/nothing", Json("{}"), Cancel));
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.True(JsonDocument.Parse(unknown.Body).RootElement.TryGetProperty("error", out _));
        GuestHttpException wrong = await Assert.ThrowsAsync<GuestHttpException>(
            () => client.DoJsonAsync(HttpMethod.Post, "/v1/ping", Json("""{"fast":true}"""), Cancel));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);

        using var place = new TemporaryDirectory();
        using Socket listener = Listen(place["sock"]);
        string much = new('x', 1_000_000);
        Task answering = AnswerAsync(
            listener, Encoding.ASCII.GetBytes($"HTTP/1.1 500 No\r\nContent-Length: {much.Length}\r\n\r\n{much}"));
        using var other = new GuestHttpClient(GuestEndpoint.Unix(place["sock"]));
        GuestHttpException e = await Assert.ThrowsAsync<GuestHttpException>(
            () => other.DoJsonAsync(HttpMethod.Get, "/v1/x", cancellationToken: Cancel));
        Assert.Equal((HttpStatusCode.InternalServerError, GuestHttpClient.MostErrorBytes), (e.Status, e.Body.Length));
        await answering;
    }

    [Fact]
    public async Task Calls_are_answered_over_a_socket_and_over_a_VMMs_vsock_with_one_connection_for_many()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using var place = new TemporaryDirectory();
        await using var vmm = new HybridVsock(place["vsock"]);
        vmm.Listen(GuestHttpClient.DefaultPort, agent.SocketPath);
        foreach (GuestEndpoint endpoint in (GuestEndpoint[])
            [GuestEndpoint.Unix(agent.SocketPath), GuestEndpoint.Hybrid(vmm.Path, GuestHttpClient.DefaultPort)])
        {
            using var client = new GuestHttpClient(endpoint);
            for (int i = 0; i < 10; i++)
            {
                JsonElement pong = await client.DoJsonAsync(HttpMethod.Post, "/v1/ping", Json("{}"), Cancel);
                Assert.Equal(JsonValueKind.Number, pong.GetProperty("timestamp").ValueKind);
                if (endpoint.Scheme == GuestEndpointScheme.Hybrid)
                {
                    // A second connection would find nobody.
                    vmm.Close(GuestHttpClient.DefaultPort);
                }
            }
        }
    }

    [Fact]
    public async Task A_plain_client_needs_only_the_handler()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using var place = new TemporaryDirectory();
        await using var vmm = new HybridVsock(place["vsock"]);
        vmm.Listen(8080, agent.SocketPath);
        using var client = new HttpClient(GuestHttp.CreateHandler(GuestEndpoint.Hybrid(vmm.Path, 8080)));
        using JsonDocument health = JsonDocument.Parse(await client.GetStringAsync(new Uri("http://any.name/healthz"), Cancel));
        Assert.Equal("ok", health.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public void Without_an_endpoint_it_is_the_first_guests_usual_port()
    {
        using var client = new GuestHttpClient();
        Assert.Equal("vsock://3:8080", client.Endpoint.ToString());
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(8);
        return socket;
    }

    // Once, whatever is asked for.
    private static async Task AnswerAsync(Socket listener, byte[] answer)
    {
        using Socket connection = await listener.AcceptAsync().WithinAsync(TestTimeouts.Answer, "a connection");
        await connection.ReceiveAsync(new byte[4096]).WithinAsync(TestTimeouts.Answer, "a request");
        try
        {
            for (int sent = 0; sent < answer.Length;)
            {
                sent += await connection.SendAsync(answer.AsMemory(sent));
            }

            connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset)
        {
            // The client has read as much as it wants.
            return;
        }
    }
}
