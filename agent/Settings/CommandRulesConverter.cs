using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Settings;

/// <summary>Reads a list of rules, or <c>"any"</c>; any other word is an error and never means "any".</summary>
internal sealed class CommandRulesConverter : JsonConverter<CommandRules>, IElementShape
{
    /// <inheritdoc/>
    public Type? ElementType(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? typeof(IReadOnlyList<CommandRule>) : null;

    /// <inheritdoc/>
    public override CommandRules Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(CommandRules.AnyWord))
        {
            return new CommandRules(null);
        }

        return reader.TokenType == JsonTokenType.StartArray
            ? new CommandRules(JsonSerializer.Deserialize(ref reader, Shape(options)))
            : throw new JsonException("expected a list of rules, or \"any\"");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CommandRules value, JsonSerializerOptions options)
    {
        if (value.Rules is null)
        {
            writer.WriteStringValue(CommandRules.AnyWord);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Rules, Shape(options));
        }
    }

    private static JsonTypeInfo<IReadOnlyList<CommandRule>> Shape(JsonSerializerOptions options) =>
        (JsonTypeInfo<IReadOnlyList<CommandRule>>)options.GetTypeInfo(typeof(IReadOnlyList<CommandRule>));
}
