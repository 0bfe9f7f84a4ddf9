using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Host.Sessions;

/// <summary>Reads numbers, and refuses those beyond all bounds, such as 1e400: they would become infinity, which JSON cannot say again.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException("the number is too large");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
