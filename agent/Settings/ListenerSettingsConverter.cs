using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>
/// Reads a listener as the type that its <c>transport</c> names. The serializer's own way, by attributes, looks these up by
/// reflection and makes the shapes of all types at each start, which took a tenth of it.
/// </summary>
internal sealed class ListenerSettingsConverter : JsonConverter<ListenerSettings>, IVariantShape
{
    private static readonly (string Name, Type Type)[] Transports =
    [
        (UnixListenerSettings.Word, typeof(UnixListenerSettings)),
        (VirtioSerialListenerSettings.Word, typeof(VirtioSerialListenerSettings)),
        (VsockListenerSettings.Word, typeof(VsockListenerSettings)),
        (VsockConnectSettings.Word, typeof(VsockConnectSettings)),
    ];

    /// <inheritdoc/>
    public string Discriminator => "transport";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Type Type)> Variants => Transports;

    /// <inheritdoc/>
    public override ListenerSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Utf8JsonReader ahead = reader;
        using JsonDocument document = JsonDocument.ParseValue(ref ahead);
        return (ListenerSettings)(TypeOf(document.RootElement) is { } type
            ? JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(type))!
            : throw new JsonException("expected a listener with a known transport"));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ListenerSettings value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));

    private Type? TypeOf(JsonElement listener)
    {
        if (listener.ValueKind == JsonValueKind.Object
            && listener.TryGetProperty(Discriminator, out JsonElement name)
            && name.ValueKind == JsonValueKind.String)
        {
            foreach ((string word, Type type) in Transports)
            {
                if (name.ValueEquals(word))
                {
                    return type;
                }
            }
        }

        return null;
    }
}
