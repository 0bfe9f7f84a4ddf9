using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>
/// Does what the hosts do for which the dialect was made: five attempts, the first pause 100 ms, doubled; a handshake whose
/// reader is kept; length and payload in two writes; one request; strict about every message that comes.
/// </summary>
internal sealed class OriginalHost : IDisposable
{
    private const int Attempts = 5;
    private const int MaxPayloadBytes = 16 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly NetworkStream _stream;
    private readonly BufferedStream _reader;

    private OriginalHost(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new BufferedStream(_stream);
    }

    public static async Task<OriginalHost> DialAsync(string path, uint port)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                var host = new OriginalHost(socket);
                await host.GreetAsync(port);
                return host;
            }
            catch (Exception e) when (attempt < Attempts && e is IOException or SocketException)
            {
                socket.Dispose();
            }

            await Task.Delay(pause);
            pause *= 2;
        }
    }

    /// <summary>A connection to a Unix socket that is the guest's port itself.</summary>
    public static async Task<OriginalHost> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new OriginalHost(socket);
    }

    public async Task SendAsync(JsonObject message) => await SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()));

    public async Task SendAsync(byte[] payload)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, payload.Length);
        await SendRawAsync(prefix);
        await SendRawAsync(payload);
    }

    public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The next message; null at the end.</summary>
    public async Task<JsonObject?> ReadAsync()
    {
        using var end = new CancellationTokenSource(TestTimeouts.Bulk);
        byte[] prefix = new byte[4];
        int count = await _reader.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, end.Token);
        if (count == 0)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (count < 4 || length > MaxPayloadBytes)
        {
            throw new InvalidDataException($"read guest message: {count} bytes, length {length}");
        }

        byte[] payload = new byte[length];
        await _reader.ReadExactlyAsync(payload, end.Token);
        return JsonNode.Parse(payload)!.AsObject();
    }

    /// <summary>Reads lines until the result, and that the guest then ends the connection.</summary>
    public async Task<(List<string> Lines, JsonObject Response)> FinishAsync()
    {
        List<string> lines = [];
        while (true)
        {
            JsonObject message = await ReadAsync() ?? throw new EndOfStreamException("read guest message: EOF");
            switch (message["type"]!.GetValue<string>())
            {
                case "log":
                    Expect(message, "type", "line");
                    lines.Add(message["line"]!.GetValue<string>());
                    break;
                case "result":
                    Expect(message, "type", "response");
                    JsonObject response = message["response"]!.AsObject();
                    Expect(response, ["exit_code", "output", .. response.ContainsKey("error") ? ["error"] : Array.Empty<string>()]);
                    return await ReadAsync() is null
                        ? (lines, response)
                        : throw new InvalidDataException("a message behind the result");
                default:
                    throw new InvalidDataException($"unknown type: {message.ToJsonString()}");
            }
        }
    }

    public static async Task<(List<string> Lines, JsonObject Response)> RunAsync(string path, JsonObject request)
    {
        using OriginalHost host = await ConnectAsync(path);
        await host.SendAsync(request);
        return await host.FinishAsync();
    }

    public void Dispose() => _reader.Dispose();

    private static void Expect(JsonObject message, params string[] members)
    {
        if (!message.Select(member => member.Key).SequenceEqual(members))
        {
            throw new JsonException($"not the original wire: {message.ToJsonString()}");
        }
    }

    private async Task GreetAsync(uint port)
    {
        await SendRawAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"CONNECT {port}\n")));
        var line = new StringBuilder();
        for (int next = 0; next != '\n'; line.Append((char)next))
        {
            byte[] one = new byte[1];
            next = await _reader.ReadAsync(one) == 1 ? one[0] : throw new EndOfStreamException("no OK");
        }

        if (!line.ToString().StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"vsock CONNECT failed: {line}");
        }
    }
}
