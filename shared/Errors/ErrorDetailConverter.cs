using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Errors;

/// <summary>Puts a partial result beside the members of the error, and takes all that is not of the error for a result.</summary>
public sealed class ErrorDetailConverter : JsonConverter<ErrorDetail>
{
    private static JsonTypeInfo<ErrorDetailMembers> Members => ErrorDetailMembersJson.Default.ErrorDetailMembers;

    /// <inheritdoc/>
    public override ErrorDetail? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement whole = JsonElement.ParseValue(ref reader);
        return whole.Deserialize(Members) is { } own
            ? new ErrorDetail(own.Rule, own.Field, own.Limit, own.Errno, own.RetryAfterMs, HasOthers(whole) ? whole : null)
            : null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ErrorDetail value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        var own = new ErrorDetailMembers(value.Rule, value.Field, value.Limit, value.Errno, value.RetryAfterMs);
        WriteMembers(writer, JsonSerializer.SerializeToElement(own, Members));
        if (value.Result is { } result)
        {
            WriteMembers(writer, result);
        }

        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement element)
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }

    private static bool HasOthers(JsonElement whole) =>
        whole.EnumerateObject().Any(member => !Members.Properties.Any(own => own.Name == member.Name));
}
