using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Errors;

namespace GuestAgent.Wire.JsonRpc;

/// <summary>Writes JSON-RPC 2.0 messages, one per line. Holds a buffer of its own: one instance per writing loop.</summary>
public sealed class JsonRpcWriter : IDisposable
{
    // Relaxed: the output is not HTML, and "+" of base64 must not become six bytes.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json = new(Stream.Null, Options);

    /// <summary>Writes a request, or a notification when <paramref name="id"/> is null.</summary>
    public void WriteCall<T>(
        IBufferWriter<byte> output, CallId? id, string method, T parameters, JsonTypeInfo<T> shape) =>
        WriteCall(output, id, method, parameters, shape, traceParent: null);

    /// <summary>Writes a request, or a notification when <paramref name="id"/> is null, that belongs to a trace.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="id">Its id.</param>
    /// <param name="method">Its name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="shape">Their JSON shape.</param>
    /// <param name="traceParent">The member <c>traceparent</c>; null for none.</param>
    public void WriteCall<T>(
        IBufferWriter<byte> output, CallId? id, string method, T parameters, JsonTypeInfo<T> shape, string? traceParent)
    {
        Start(output, id);
        _json.WriteString("method"u8, method);
        if (traceParent is not null)
        {
            _json.WriteString("traceparent"u8, traceParent);
        }

        _json.WritePropertyName("params"u8);
        JsonSerializer.Serialize(_json, parameters, shape);
        End(output);
    }

    /// <summary>Writes a request whose parameters are already JSON; empty for none.</summary>
    public void WriteRawCall(IBufferWriter<byte> output, CallId? id, string method, ReadOnlySpan<byte> parameters)
    {
        Start(output, id);
        _json.WriteString("method"u8, method);
        if (!parameters.IsEmpty)
        {
            _json.WritePropertyName("params"u8);
            _json.WriteRawValue(parameters, skipInputValidation: true);
        }

        End(output);
    }

    /// <summary>Writes a successful reply.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="id">Which request it answers.</param>
    /// <param name="result">The result.</param>
    /// <param name="shape">Its JSON shape.</param>
    /// <param name="bodyBytes">How many bytes will follow the line; 0 for none.</param>
    public void WriteResult(IBufferWriter<byte> output, CallId id, object result, JsonTypeInfo shape, int bodyBytes = 0)
    {
        Start(output, id);
        _json.WritePropertyName("result"u8);
        JsonSerializer.Serialize(_json, result, shape);
        if (bodyBytes > 0)
        {
            _json.WriteNumber("attached_bytes"u8, bodyBytes);
        }

        End(output);
    }

    /// <summary>Writes an error reply; <c>data</c> carries the detail.</summary>
    public void WriteError(IBufferWriter<byte> output, CallId id, ErrorCode code, string message, ErrorDetail? detail)
    {
        Start(output, id);
        _json.WriteStartObject("error"u8);
        _json.WriteNumber("code"u8, JsonRpcErrors.ToNumber(code));
        _json.WriteString("message"u8, message);
        if (detail is not null)
        {
            _json.WritePropertyName("data"u8);
            JsonSerializer.Serialize(_json, detail, ErrorDetailJson.Default.ErrorDetail);
        }

        _json.WriteEndObject();
        End(output);
    }

    /// <summary>Writes the answer to a batch: the lines of its replies, made into one array.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="replies">Whole reply lines, each with its line end.</param>
    public static void WriteBatch(IBufferWriter<byte> output, IEnumerable<ReadOnlyMemory<byte>> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        ReadOnlySpan<byte> separator = "["u8;
        foreach (ReadOnlyMemory<byte> reply in replies)
        {
            output.Write(separator);
            output.Write(reply.Span[..^1]);
            separator = ","u8;
        }

        output.Write("]\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Start(IBufferWriter<byte> output, CallId? id)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("jsonrpc"u8, "2.0"u8);
        if (id is { } value)
        {
            _json.WritePropertyName("id"u8);
            _json.WriteRawValue(value.ToString(), skipInputValidation: true);
        }
    }

    private void End(IBufferWriter<byte> output)
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }
}
