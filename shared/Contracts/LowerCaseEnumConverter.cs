using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>Writes an enumeration as its snake_case name, and reads nothing else: no numbers, no other case.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class LowerCaseEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly (T Value, string Name)[] Names = Array.ConvertAll(
        Enum.GetValues<T>(), value => (value, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())));

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach ((T value, string name) in Names)
            {
                if (reader.ValueTextEquals(name))
                {
                    return value;
                }
            }
        }

        throw new JsonException("no such word");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach ((T known, string name) in Names)
        {
            if (known.Equals(value))
            {
                writer.WriteStringValue(name);
                return;
            }
        }

        throw new JsonException("no such value");
    }
}
