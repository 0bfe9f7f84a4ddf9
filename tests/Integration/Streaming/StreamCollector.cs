using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Streaming;

/// <summary>Collects the output of one streamed command; fails when a piece does not follow the one before.</summary>
/// <param name="client">The connection.</param>
/// <param name="id">Id of the request.</param>
internal sealed class StreamCollector(RawClient client, int id)
{
    private readonly Dictionary<string, MemoryStream> _streams = new() { ["stdout"] = new(), ["stderr"] = new() };

    /// <summary>What came of standard output.</summary>
    public byte[] Stdout => _streams["stdout"].ToArray();

    /// <summary>What came of standard error.</summary>
    public byte[] Stderr => _streams["stderr"].ToArray();

    /// <summary>Bytes of both.</summary>
    public long Total => _streams.Values.Sum(stream => stream.Length);

    /// <summary>Reads one message.</summary>
    /// <returns>Null when it was a piece; else the message.</returns>
    public async Task<JsonObject?> ReadAsync()
    {
        JsonObject message = await client.ReadAsync();
        return Take(message) ? null : message;
    }

    /// <summary>Reads until the command's own reply.</summary>
    public async Task<JsonObject> ReadToEndAsync()
    {
        while (true)
        {
            if (await ReadAsync() is { } message)
            {
                return message["id"]?.ToString() == id.ToString(System.Globalization.CultureInfo.InvariantCulture)
                    ? message
                    : throw new InvalidOperationException($"unexpected: {message.ToJsonString()}");
            }
        }
    }

    private bool Take(JsonObject message)
    {
        if (message["method"]?.GetValue<string>() != "exec_output" || message["params"]!["id"]!.GetValue<int>() != id)
        {
            return false;
        }

        JsonObject piece = message["params"]!.AsObject();
        MemoryStream stream = _streams[piece.Text("stream")];
        if (piece.Number("offset") != stream.Length)
        {
            throw new InvalidOperationException($"offset {piece.Number("offset")} after {stream.Length} bytes");
        }

        byte[] data = Convert.FromBase64String(piece.Text("data"));
        stream.Write(data);
        return data.Length > 0 ? true : throw new InvalidOperationException("an empty piece");
    }
}
