using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Errors;

namespace GuestAgent.Wire;

/// <summary>Reads parameters that are JSON. Names the wrong field without naming CLR types.</summary>
public static class JsonParameters
{
    /// <summary>Reads parameters.</summary>
    /// <param name="json">The parameters object; empty for none.</param>
    /// <param name="shape">What it is to be.</param>
    /// <param name="holder">The member of a message that has the parameters; empty where they are the message.</param>
    /// <exception cref="OperationException">It does not have that shape; names the field.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> shape, string holder)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(holder);
        ReadOnlySpan<byte> text = json.IsEmpty ? "{}"u8 : json.Span;
        if (text[0] != (byte)'{')
        {
            throw new OperationException(
                ErrorCode.InvalidParameters, "Parameters are passed by name.", new ErrorDetail("by_name", ""));
        }

        try
        {
            return JsonSerializer.Deserialize(text, shape)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is no character, such as a lone surrogate.
            (string field, string message) = (e as JsonException)?.Path is { Length: > 1 } path
                ? (path[1..].TrimStart('.'), $"{Named(holder, path[1..])} {MisfitParameter.Say(text, path, shape)}.")
                : Missing(text, shape, holder);
            throw new OperationException(ErrorCode.InvalidParameters, message, new ErrorDetail("shape", field), e);
        }
    }

    // The serializer names missing members only in its message, together with CLR types. The field is the first of them.
    private static (string Field, string Message) Missing(ReadOnlySpan<byte> text, JsonTypeInfo shape, string holder)
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
            .Where(p => p.IsRequired && !given.Contains(p.Name)).Select(p => p.Name)];
        return missing.Length > 0
            ? (missing[0], $"{string.Join(", ", missing.Select(name => Named(holder, "." + name)))} is missing.")
            : ("", "The parameters do not have the shape of this method.");
    }

    private static string Named(string holder, string path) => holder.Length > 0 ? holder + path : path.TrimStart('.');

    /// <summary>True when a member has a name; one whose escapes are no characters has none.</summary>
    internal static bool IsNamed(JsonProperty member, string name)
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
