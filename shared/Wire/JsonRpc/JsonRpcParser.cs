using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Framing;

namespace GuestAgent.Wire.JsonRpc;

/// <summary>
/// Reads the JSON-RPC 2.0 envelope: which members there are and where, without interpreting parameters or results.
/// Any bytes give a message or an <see cref="OperationException"/> with <see cref="ErrorCode.ParseError"/> or
/// <see cref="ErrorCode.InvalidRequest"/>. See https://www.jsonrpc.org/specification.
/// </summary>
public static class JsonRpcParser
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = FrameLimits.MaxNesting };

    /// <summary>
    /// Reads a line that holds one message and nothing wrong, looking at each byte once: pieces of files are long.
    /// </summary>
    /// <param name="line">One line without its end.</param>
    /// <param name="message">The message.</param>
    /// <returns>False for every other line: <see cref="Split"/> and <see cref="Read"/> tell what it is.</returns>
    public static bool TryReadOne(ReadOnlyMemory<byte> line, out JsonRpcMessage message)
    {
        message = default;
        if (line.IsEmpty || line.Span[0] != (byte)'{' || !Utf8.IsValid(line.Span))
        {
            return false;
        }

        try
        {
            message = ReadEnvelope(line);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OperationException)
        {
            return false;
        }
    }

    /// <summary>Splits a line into its messages: one for an object, several for a batch.</summary>
    /// <param name="line">One line without its end.</param>
    /// <param name="isBatch">True when the line is an array.</param>
    /// <returns>The JSON of each message; never empty.</returns>
    /// <exception cref="OperationException">The line is not JSON, is neither object nor array, or is an empty or too
    /// long array.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> line, out bool isBatch)
    {
        if (!Utf8.IsValid(line.Span))
        {
            throw new OperationException(ErrorCode.ParseError, "The message is not UTF-8.", new ErrorDetail("utf8"));
        }

        try
        {
            var reader = new Utf8JsonReader(line.Span, Strict);
            reader.Read();
            isBatch = reader.TokenType == JsonTokenType.StartArray;
            List<ReadOnlyMemory<byte>>? parts = null;
            if (isBatch)
            {
                parts = SplitArray(ref reader, line);
            }
            else
            {
                reader.Skip();
            }

            // Reads past the value, so that anything behind it is found.
            reader.Read();
            return parts ?? (IReadOnlyList<ReadOnlyMemory<byte>>)[line];
        }
        catch (JsonException e)
        {
            throw new OperationException(
                ErrorCode.ParseError,
                $"The message is not JSON (byte {e.BytePositionInLine ?? 0}), or nests deeper than " +
                $"{FrameLimits.MaxNesting}.",
                new ErrorDetail("json"),
                e);
        }
    }

    /// <summary>Reads the envelope of one message that <see cref="Split"/> returned.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidRequest"/>, naming the member.</exception>
    public static JsonRpcMessage Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ReadEnvelope(json);
        }
        catch (InvalidOperationException e)
        {
            // The reader's answer to an escape that is no character, such as a lone surrogate.
            throw new OperationException(
                ErrorCode.InvalidRequest, "A name is not text.", new ErrorDetail("text"), e);
        }
    }

    /// <summary>The id of a message that <see cref="Read"/> refused, so that its error reply can be matched.</summary>
    /// <returns><see cref="CallId.Null"/> when there is no readable id.</returns>
    public static CallId FindId(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return CallId.Null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isId = reader.ValueSpan.SequenceEqual("id"u8);
            reader.Read();
            ReadOnlyMemory<byte> value = Value(ref reader, json);
            bool isScalar = value.Span[0] is not ((byte)'{' or (byte)'[' or (byte)'t' or (byte)'f');
            if (isId && isScalar && value.Length <= FrameLimits.MaxIdBytes)
            {
                return new CallId(Encoding.UTF8.GetString(value.Span));
            }
        }

        return CallId.Null;
    }

    /// <summary>The id of a message of which only the beginning is there.</summary>
    /// <returns><see cref="CallId.Null"/> when the beginning has no readable id.</returns>
    public static CallId FindIdOfBeginning(ReadOnlySpan<byte> beginning)
    {
        try
        {
            var reader = new Utf8JsonReader(beginning, isFinalBlock: false, new JsonReaderState(Strict));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return CallId.Null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueSpan.SequenceEqual("id"u8);
                if (!reader.Read())
                {
                    break;
                }

                int start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    break;
                }

                ReadOnlySpan<byte> value = beginning[start..(int)reader.BytesConsumed];
                if (isId && value.Length <= FrameLimits.MaxIdBytes && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    return new CallId(Encoding.UTF8.GetString(value));
                }
            }
        }
        catch (JsonException)
        {
            // It is no message, and will never be answered by an id.
        }

        return CallId.Null;
    }

    private static JsonRpcMessage ReadEnvelope(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Invalid("A message is an object.", "object");
        }

        JsonRpcMessage message = default;
        var seen = Members.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Members member = Identify(ref reader);
            if (seen.HasFlag(member))
            {
                throw Invalid("A member occurs twice.", "duplicate_member", Name(member));
            }

            seen |= member;
            reader.Read();
            message = Take(message, member, ref reader, json);
        }

        // Reads past the value, so that anything behind it is found.
        reader.Read();
        return Complete(message, seen);
    }

    private static List<ReadOnlyMemory<byte>> SplitArray(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (parts.Count == FrameLimits.MaxBatch)
            {
                throw new OperationException(
                    ErrorCode.InvalidRequest,
                    $"A batch holds at most {FrameLimits.MaxBatch} requests.",
                    new ErrorDetail("max_batch", Limit: FrameLimits.MaxBatch));
            }

            parts.Add(Value(ref reader, line));
        }

        return parts.Count > 0 ? parts : throw Invalid("A batch is not empty.", "empty_batch");
    }

    private static JsonRpcMessage Take(
        JsonRpcMessage message, Members member, ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        switch (member)
        {
            case Members.Version:
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8)
                    ? message
                    : throw Invalid("The version is \"2.0\".", "version", "jsonrpc");
            case Members.Method:
                return reader.TokenType == JsonTokenType.String
                    ? message with { Method = reader.GetString() }
                    : throw Invalid("A method is a string.", "type", "method");
            case Members.Id:
                return message with { Id = ReadId(ref reader, json) };
            case Members.Params:
                ReadOnlyMemory<byte> given = Value(ref reader, json, out int values);
                return IsNone(given.Span) ? message : message with { Params = given, ParamsValues = values };
            case Members.Result:
                return message with { Result = Value(ref reader, json) };
            case Members.Traceparent or Members.Tracestate or Members.Meta:
                return message with { Trace = JsonRpcTrace.With(message.Trace, Name(member), Value(ref reader, json).Span) };
            case Members.AttachedBytes:
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int attached) && attached > 0
                    ? message with { AttachedBytes = attached }
                    : throw Invalid("Attached bytes are counted by an integer above 0.", "type", "attached_bytes");
            default:
                return message with { Error = Value(ref reader, json) };
        }
    }

    private static CallId ReadId(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null))
        {
            throw Invalid("An id is a string, a number or null.", "type", "id");
        }

        ReadOnlyMemory<byte> raw = Value(ref reader, json);
        return raw.Length <= FrameLimits.MaxIdBytes
            ? new CallId(Encoding.UTF8.GetString(raw.Span))
            : throw new OperationException(
                ErrorCode.InvalidRequest,
                $"An id is at most {FrameLimits.MaxIdBytes} bytes long.",
                new ErrorDetail("max_id", "id", FrameLimits.MaxIdBytes));
    }

    private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    // As Skip does it, and counting.
    private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, out int values)
    {
        int start = (int)reader.TokenStartIndex;
        values = 1;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            int depth = reader.CurrentDepth;
            do
            {
                reader.Read();
                values++;
            }
            while (reader.CurrentDepth > depth);
        }

        return json[start..(int)reader.BytesConsumed];
    }

    // Clients that write every optional member send null for "none", or the array that positions would have.
    private static bool IsNone(ReadOnlySpan<byte> value) =>
        value[0] == (byte)'n' || (value[0] == (byte)'[' && !value[1..^1].ContainsAnyExcept(" \t\r\n"u8));

    private static Members Identify(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("jsonrpc"u8) ? Members.Version
        : reader.ValueTextEquals("id"u8) ? Members.Id
        : reader.ValueTextEquals("method"u8) ? Members.Method
        : reader.ValueTextEquals("params"u8) ? Members.Params
        : reader.ValueTextEquals("result"u8) ? Members.Result
        : reader.ValueTextEquals("error"u8) ? Members.Error
        : reader.ValueTextEquals("attached_bytes"u8) ? Members.AttachedBytes
        : reader.ValueTextEquals("traceparent"u8) ? Members.Traceparent
        : reader.ValueTextEquals("tracestate"u8) ? Members.Tracestate
        : reader.ValueTextEquals("_meta"u8) ? Members.Meta
        // Strict, because a mistyped "params" would otherwise run a method with its defaults.
        : throw Invalid("The message has a member that JSON-RPC does not know.", "unknown_member");

    private static JsonRpcMessage Complete(JsonRpcMessage message, Members seen)
    {
        if (!seen.HasFlag(Members.Version))
        {
            throw Invalid("The version is missing.", "required", "jsonrpc");
        }

        bool reply = seen.HasFlag(Members.Result) || (seen.HasFlag(Members.Error) && !message.Error.Span.SequenceEqual("null"u8));
        if (seen.HasFlag(Members.Method) == reply)
        {
            throw Invalid("A request has a method; a reply has a result or an error.", "required", "method");
        }

        if (message.AttachedBytes > 0 && !seen.HasFlag(Members.Result))
        {
            throw Invalid("Only a result has bytes attached.", "unknown_member", "attached_bytes");
        }

        return message;
    }

    private static OperationException Invalid(string sentence, string rule, string? field = null) =>
        new(ErrorCode.InvalidRequest, sentence, new ErrorDetail(rule, field));

    private static string Name(Members member) => member switch
    {
        Members.Version => "jsonrpc",
        Members.Id => "id",
        Members.Method => "method",
        Members.Params => "params",
        Members.Result => "result",
        Members.AttachedBytes => "attached_bytes",
        Members.Traceparent => "traceparent",
        Members.Tracestate => "tracestate",
        Members.Meta => "_meta",
        _ => "error",
    };

    [Flags]
    private enum Members
    {
        None = 0,
        Version = 1,
        Id = 2,
        Method = 4,
        Params = 8,
        Result = 16,
        Error = 32,
        AttachedBytes = 64,
        Traceparent = 128,
        Tracestate = 256,
        Meta = 512,
    }
}
