using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>
/// Reads a value of any shape as it stands; whoever gives it a shape finds names that occur twice. The framework's own way, where such
/// names are refused, compares those of a large object by hashes whose seed it has from OpenSSL, and a static program cannot load that.
/// </summary>
public sealed class AnyJsonConverter : JsonConverter<JsonElement>
{
    /// <inheritdoc/>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.Clone();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        value.WriteTo(writer);
    }
}
