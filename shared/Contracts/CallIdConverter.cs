using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>Reads and writes a <see cref="CallId"/> as the JSON value that it is.</summary>
public sealed class CallIdConverter : JsonConverter<CallId>
{
    /// <inheritdoc/>
    public override CallId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            throw new JsonException("a request id is a string or a number");
        }

        using JsonDocument value = JsonDocument.ParseValue(ref reader);
        return new CallId(value.RootElement.GetRawText());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CallId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteRawValue(value.ToString(), skipInputValidation: true);
    }
}
