using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Framing;
using GuestAgent.Host;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Tests.Fuzz.Guests;

/// <summary>
/// The guest's end of a channel in memory. It answers each request with the next part of a script, whatever that is, and leaves
/// when a part does not answer its request or is the last: nobody then waits for what will never come.
/// </summary>
/// <param name="script">Parts, with a line <c>%%</c> between them. <c>@ID@</c> stands for the id of the request; an empty part for a
/// hello's ordinary answer.</param>
internal sealed class HostileGuest(byte[] script)
{
    private const string Separator = "\n%%\n";
    private const string OrdinaryHello = """
        {"jsonrpc":"2.0","id":@ID@,"result":{"session":"@SESSION@","agent":{"version":"0.1.0","protocol_version":"1.0.0","platform":"linux","capabilities":["exec_command","ping"],"instance":"i","boot_id":"b","machine_id":null,"limits":{"max_message_bytes":65536,"max_batch":64,"max_concurrent_requests":64,"max_concurrent_commands":32,"max_command_seconds":300,"max_output_bytes":1048576}}}}

        """;

    private static readonly PipeOptions Options = new(pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _toGuest = new(Options);
    private readonly Pipe _toHost = new(Options);

    // Bytes as characters, so that any can be searched and replaced.
    private readonly string[] _parts = Encoding.Latin1.GetString(script).Split(Separator);

    /// <summary>The host's end.</summary>
    public IDuplexPipe HostEnd => new End(_toHost.Reader, _toGuest.Writer);

    /// <summary>Plays until the script or the host ends.</summary>
    public async Task PlayAsync()
    {
        var framer = new LineFramer(1 << 20);
        foreach (string part in _parts)
        {
            if (await ReadRequestAsync(framer) is not { } request || !await AnswerAsync(part, request))
            {
                break;
            }
        }

        await _toHost.Writer.CompleteAsync();
        while (await ReadRequestAsync(framer) is not null)
        {
            // A host that is still sending must not wait for room.
        }
    }

    private async Task<bool> AnswerAsync(string part, JsonRpcMessage request)
    {
        CallId id = request.Id ?? CallId.Null;
        byte[] bytes = Encoding.Latin1.GetBytes((part.Length == 0 ? OrdinaryHello : part)
            .Replace("@ID@", id.Json, StringComparison.Ordinal)
            .Replace("@SESSION@", Session(request), StringComparison.Ordinal));
        await _toHost.Writer.WriteAsync(bytes);
        // A subscription goes on with what the guest may never send.
        return request.Method?.EndsWith("subscribe", StringComparison.Ordinal) != true && Answers(bytes, id);
    }

    private static string Session(in JsonRpcMessage request) =>
        request.Params.IsEmpty ? "" : JsonElement.Parse(request.Params.Span).TryGetProperty("session", out JsonElement name) ? name.GetString()! : "";

    private static bool Answers(byte[] bytes, CallId id)
    {
        foreach (Range range in bytes.AsSpan().Split((byte)'\n'))
        {
            if (JsonRpcParser.TryReadOne(bytes.AsMemory(range), out JsonRpcMessage message) && message.IsReply && message.Id == id)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<JsonRpcMessage?> ReadRequestAsync(LineFramer framer)
    {
        try
        {
            return await ReadAsync(framer);
        }
        catch (GuestException)
        {
            // How a host's end is completed that has given up.
            return null;
        }
    }

    private async Task<JsonRpcMessage?> ReadAsync(LineFramer framer)
    {
        while (true)
        {
            ReadResult read = await _toGuest.Reader.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            LineStatus status = framer.TryRead(ref buffer, out ReadOnlySequence<byte> line);
            byte[] copy = line.ToArray();
            _toGuest.Reader.AdvanceTo(buffer.Start, status == LineStatus.NeedMore ? buffer.End : buffer.Start);
            if (status == LineStatus.Line && copy.Length > 0)
            {
                return JsonRpcParser.Read(copy);
            }

            if (status == LineStatus.NeedMore && read.IsCompleted)
            {
                return null;
            }
        }
    }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
