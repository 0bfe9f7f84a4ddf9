using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>
/// The name of one request, as its sender wrote it (JSON string, number or null). Equal when the JSON text is equal.
/// </summary>
/// <param name="Json">The id as JSON text.</param>
[JsonConverter(typeof(CallIdConverter))]
public readonly record struct CallId(string Json)
{
    /// <summary>The id of replies to messages whose own id could not be read.</summary>
    public static readonly CallId Null = new("null");

    /// <summary>An id that is a JSON string.</summary>
    /// <param name="text">Its value; must need no escaping.</param>
    public static CallId FromText(string text) => new($"\"{text}\"");

    /// <inheritdoc/>
    public override string ToString() => Json ?? "null";
}

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
