using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>HTTP over a real vsock device, by .NET's own client through a VMM's Unix socket, and by socat in the guest.</summary>
[Collection(SharedVsockMachine.Name)]
public sealed class VsockHttpTests(VsockMachine guest)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_http_client_of_the_framework_runs_commands_on_one_connection()
    {
        int connections = 0;
        using HttpClient client = Client(() => connections++);
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync(
                "v1/exec_command", Json($$"""{"command":"/bin/echo","args":["{{i}}"]}"""), Token);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal($"{i}\n", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["stdout"]);
        }

        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Output_comes_while_the_command_runs_and_the_command_ends_with_its_host()
    {
        using HttpClient client = Client(() => { });
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/exec_command")
        {
            Content = Json("""{"command":"/bin/sh","args":["-c","echo begun; exec sleep 4322"]}"""),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using (HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token))
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
            JsonNode first = JsonNode.Parse((await lines.ReadLineAsync(Token))!)!;
            Assert.Equal("begun\n", Encoding.UTF8.GetString(Convert.FromBase64String((string)first["exec_output"]!["data"]!)));
        }

        await guest.UntilAsync("! pgrep -f '^sleep 4322'", "the end of the command");
    }

    [Fact]
    public async Task Through_socat_a_host_that_closes_its_side_gets_its_answer()
    {
        string answer = await guest.ShellAsync(
            "printf 'POST /v1/exec_command HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nContent-Length: 23\\r\\n\\r\\n"
            + $"{{\"command\":\"/bin/date\"}}' | socat -t 30 - VSOCK-CONNECT:1:{VsockMachine.HttpPort}");

        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("\"exit_code\":0", answer, StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private HttpClient Client(Action connects)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                connects();
                return await DialAsync(cancellationToken);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://guest/"), Timeout = Limit };
    }

    // As hosts of Firecracker do: CONNECT PORT, and OK NUMBER back.
    private async Task<Stream> DialAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(guest.Machine.VsockSocket), cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"CONNECT {VsockMachine.HttpPort}\n"), cancellationToken);
        byte[] one = new byte[1];
        do
        {
            await socket.ReceiveAsync(one, cancellationToken);
        }
        while (one[0] != '\n');
        return new NetworkStream(socket, ownsSocket: true);
    }
}
