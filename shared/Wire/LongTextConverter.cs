using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Wire;

/// <summary>
/// Writes a text that may be long in pieces. Written whole, <see cref="Utf8JsonWriter"/> rents six times its length for what
/// it has to escape, and the pool keeps that: 16 MB for a mebibyte, for each thread that ever did it.
/// </summary>
public sealed class LongTextConverter : JsonConverter<string>
{
    private const int PieceLength = 4096;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String ? reader.GetString() : throw new JsonException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        ReadOnlySpan<char> rest = value;
        for (; rest.Length > PieceLength; rest = rest[PieceLength..])
        {
            writer.WriteStringValueSegment(rest[..PieceLength], isFinalSegment: false);
        }

        writer.WriteStringValueSegment(rest, isFinalSegment: true);
    }
}
