using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.Http;

/// <summary>Writes the JSON of this dialect.</summary>
internal static class HttpJson
{
    // Relaxed: the output is not HTML, and "+" of base64 must not become six bytes.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // Writers hold a buffer and are not thread-safe; writing never awaits.
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>Writes what a caller says.</summary>
    public static void Write(IBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        Utf8JsonWriter json = Begin(output);
        write(json);
        json.Flush();
    }

    /// <summary>Writes a value of a contract.</summary>
    public static void Write(IBufferWriter<byte> output, object value, JsonTypeInfo shape)
    {
        Utf8JsonWriter json = Begin(output);
        JsonSerializer.Serialize(json, value, shape);
        json.Flush();
    }

    /// <summary>Writes an error: its sentence, the number that it has in the native protocol, and the detail.</summary>
    public static void Write(IBufferWriter<byte> output, Failure failure)
    {
        Utf8JsonWriter json = Begin(output);
        json.WriteStartObject();
        json.WriteString("error"u8, failure.Message);
        json.WriteNumber("code"u8, JsonRpcErrors.ToNumber(failure.Code));
        if (failure.Detail is { } detail)
        {
            json.WritePropertyName("data"u8);
            JsonSerializer.Serialize(json, detail, ErrorDetailJson.Default.ErrorDetail);
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output)
    {
        Utf8JsonWriter json = _writer ??= new Utf8JsonWriter(Stream.Null, Options);
        json.Reset(output);
        return json;
    }
}
