using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Dispatch;
using GuestAgent.Errors;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Parameters that are JSON. Names the wrong field without naming CLR types.</summary>
/// <param name="json">The parameters object; empty for none.</param>
internal sealed class JsonArguments(ReadOnlyMemory<byte> json) : IArguments
{
    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class
    {
        ReadOnlySpan<byte> text = json.IsEmpty ? "{}"u8 : json.Span;
        if (text[0] != (byte)'{')
        {
            throw new OperationException(
                ErrorCode.InvalidParameters, "Parameters are passed by name.", new ErrorDetail("by_name", "params"));
        }

        try
        {
            return JsonSerializer.Deserialize(text, shape)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is no character, such as a lone surrogate.
            (string field, string message) = (e as JsonException)?.Path is { Length: > 1 } path
                ? ("params" + path[1..], $"params{path[1..]} has the wrong type or value, or is not known.")
                : Missing(text, shape);
            throw new OperationException(ErrorCode.InvalidParameters, message, new ErrorDetail("shape", field), e);
        }
    }

    // The serializer names missing members only in its message, together with CLR types. The field is the first of them.
    private static (string Field, string Message) Missing(ReadOnlySpan<byte> text, JsonTypeInfo shape)
    {
        using JsonDocument document = JsonDocument.Parse(text.ToArray());
        HashSet<string> given = new(StringComparer.Ordinal);
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (shape.Properties.FirstOrDefault(p => IsNamed(member, p.Name)) is { } known)
            {
                given.Add(known.Name);
            }
        }

        string[] missing = [.. shape.Properties
            .Where(p => p.IsRequired && !given.Contains(p.Name)).Select(p => "params." + p.Name)];
        return missing.Length > 0
            ? (missing[0], $"{string.Join(", ", missing)} is missing.")
            : ("params", "The parameters do not have the shape of this method.");
    }

    private static bool IsNamed(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            // An escape that is no character: it is the name of nothing.
            return false;
        }
    }
}
