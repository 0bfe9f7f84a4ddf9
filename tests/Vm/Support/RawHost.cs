using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>
/// Is a host without any library: bytes on QEMU's socket. It opens with nothing and takes a line that is not JSON for
/// what a former host left behind.
/// </summary>
internal sealed class RawHost : IDisposable
{
    public static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(1);

    private const int ReadSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly CancellationToken _cancellation;
    private readonly ArrayBufferWriter<byte> _received = new();
    private int _consumed;
    private int _lastNumber;

    private RawHost(Socket socket, string session, CancellationToken cancellation)
    {
        _socket = socket;
        Session = session;
        _cancellation = cancellation;
    }

    /// <summary>Gets what every id of this host begins with.</summary>
    public string Session { get; }

    /// <summary>Gets the lines that were no JSON object, empty ones left out.</summary>
    public List<string> Junk { get; } = [];

    /// <summary>Gets all messages so far.</summary>
    public List<JsonElement> Messages { get; } = [];

    public static async Task<RawHost> AttachAsync(string path, string session, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new RawHost(socket, session, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Encodes a request, without the end of the line.</summary>
    public static byte[] Encode(string id, string method, JsonObject? parameters)
    {
        JsonObject request = new() { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method };
        if (parameters is not null)
        {
            request["params"] = parameters.DeepClone();
        }

        return Encoding.UTF8.GetBytes(request.ToJsonString());
    }

    /// <summary>Gives the parameters of <c>exec_command</c>.</summary>
    public static JsonObject Command(params string[] command) => new()
    {
        ["command"] = command[0],
        ["args"] = new JsonArray([.. command.Skip(1).Select(word => (JsonNode)word)]),
    };

    public string NextId() => $"{Session}-{++_lastNumber}";

    public Task SendAsync(ReadOnlyMemory<byte> bytes, TimeSpan limit)
        => Bounded.RunAsync(token => SendAllAsync(bytes, token), limit, "room in the socket", _cancellation);

    /// <summary>Sends a request and does not wait for its reply.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> PostAsync(string method, JsonObject? parameters = null)
    {
        string id = NextId();
        await SendAsync((byte[])[.. Encode(id, method, parameters), (byte)'\n'], UsualLimit);
        return id;
    }

    /// <summary>Sends a request and gives its reply; everything else that comes meanwhile is in <see cref="Messages"/>.</summary>
    public async Task<JsonElement> CallAsync(string method, JsonObject? parameters = null, TimeSpan? limit = null)
    {
        string id = await PostAsync(method, parameters);
        return await ReceiveReplyAsync(id, limit);
    }

    /// <summary>Gives a reply that has come already.</summary>
    public JsonElement? FindReply(string id)
        => Messages.Select(message => (JsonElement?)message).FirstOrDefault(m => Message.ReplyId(m!.Value) == id);

    public Task<JsonElement> ReceiveReplyAsync(string id, TimeSpan? limit = null)
        => ReceiveUntilAsync(message => Message.ReplyId(message) == id, $"reply to {id}", limit);

    public Task<JsonElement> ReceiveReadyAsync(TimeSpan? limit = null)
        => ReceiveUntilAsync(Message.IsReady, "agent_ready", limit);

    public Task<JsonElement> ReceiveUntilAsync(Func<JsonElement, bool> match, string what, TimeSpan? limit = null)
        => Bounded.RunAsync(token => FindAsync(match, token), limit ?? UsualLimit, what, _cancellation);

    private async Task<bool> SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        }

        return true;
    }

    private async Task<JsonElement> FindAsync(Func<JsonElement, bool> match, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<byte> line = await ReceiveLineAsync(cancellationToken);
            if (Parse(line.Span) is { } message)
            {
                Messages.Add(message);
                if (match(message))
                {
                    return message;
                }
            }
        }
    }

    private JsonElement? Parse(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            JsonElement message = JsonElement.Parse(line);
            if (message.ValueKind == JsonValueKind.Object)
            {
                return message;
            }
        }
        catch (JsonException)
        {
            // The rest of somebody else's message.
        }

        Junk.Add(Encoding.UTF8.GetString(line));
        return null;
    }

    private async Task<ReadOnlyMemory<byte>> ReceiveLineAsync(CancellationToken cancellationToken)
    {
        int searched = 0;
        while (true)
        {
            ReadOnlyMemory<byte> unread = _received.WrittenMemory[_consumed..];
            int newline = unread.Span[searched..].IndexOf((byte)'\n');
            if (newline >= 0)
            {
                _consumed += searched + newline + 1;
                return unread[..(searched + newline)];
            }

            searched = unread.Length;
            await FillAsync(cancellationToken);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_consumed == _received.WrittenCount)
        {
            _received.ResetWrittenCount();
            _consumed = 0;
        }

        int count = await _socket.ReceiveAsync(_received.GetMemory(ReadSize), cancellationToken);
        if (count == 0)
        {
            throw new EndOfStreamException("QEMU closed the socket");
        }

        _received.Advance(count);
    }
}
