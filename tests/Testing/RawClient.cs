using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Testing;

/// <summary>A host that sends any bytes and reads lines, each within a bounded time.</summary>
public sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
    }

    /// <summary>Connects to a Unix socket.</summary>
    public static async Task<RawClient> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), end.Token);
        return new RawClient(socket);
    }

    /// <summary>Sends one line.</summary>
    public Task SendAsync(string line) => SendBytesAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Sends bytes; fails when the agent does not read them in time.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        try
        {
            await _stream.WriteAsync(bytes, end.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("the agent does not read");
        }
    }

    /// <summary>Reads one line without its end; null when the agent has ended the connection.</summary>
    public Task<string?> ReadLineAsync() => ReadLineAsync(TestTimeouts.Answer);

    /// <summary>Reads one line without its end, within <paramref name="limit"/>; null at the end of the connection.</summary>
    public async Task<string?> ReadLineAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        try
        {
            while (true)
            {
                ReadResult read = await _reader.ReadAsync(end.Token);
                ReadOnlySequence<byte> buffer = read.Buffer;
                if (buffer.PositionOf((byte)'\n') is { } position)
                {
                    string line = Encoding.UTF8.GetString(buffer.Slice(0, position));
                    _reader.AdvanceTo(buffer.GetPosition(1, position));
                    return line;
                }

                _reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return buffer.IsEmpty ? null : throw new EndOfStreamException("the connection ended inside a line");
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no line within {limit.TotalSeconds} s");
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
    }

    /// <summary>Reads one message.</summary>
    public async Task<JsonObject> ReadAsync() =>
        JsonNode.Parse(await ReadLineAsync() ?? throw new EndOfStreamException("the agent has ended the connection"))!
            .AsObject();

    /// <summary>Sends one request and reads one message.</summary>
    public async Task<JsonObject> ExchangeAsync(string line)
    {
        await SendAsync(line);
        return await ReadAsync();
    }

    /// <summary>Reads messages up to the reply to a request, and drops those before it.</summary>
    public async Task<JsonObject> ReadReplyAsync(int id)
    {
        JsonObject message;
        do
        {
            message = await ReadAsync();
        }
        while (message["id"] is not JsonValue value || !value.TryGetValue(out int found) || found != id);

        return message;
    }

    /// <summary>Sends one request and reads messages up to its reply.</summary>
    public async Task<JsonObject> CallAsync(int id, string method, JsonObject? parameters = null)
    {
        await SendAsync(Requests.Call(id, method, parameters));
        return await ReadReplyAsync(id);
    }

    /// <summary>Sends no more, and still reads.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
