using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts.Files;

namespace GuestAgent.Wire;

/// <summary>Says of a parameter that does not fit whether it is not known, of a wrong type, or of a wrong value.</summary>
internal static class MisfitParameter
{
    private const string WrongValue = "has a wrong value";

    /// <summary>The words behind its name.</summary>
    /// <param name="json">The parameters, an object.</param>
    /// <param name="path">Where in them the serializer stopped: <c>$.name</c>, and what may follow.</param>
    /// <param name="shape">What the parameters are to be.</param>
    public static string Say(ReadOnlySpan<byte> json, string path, JsonTypeInfo shape)
    {
        string name = path.Length > 2 && path[1] == '.' ? path[2..].Split('.', '[')[0] : "";
        JsonPropertyInfo? known = null;
        foreach (JsonPropertyInfo one in shape.Properties)
        {
            known = one.Name == name ? one : known;
        }

        if (known is null)
        {
            return "is not known";
        }

        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        JsonElement given = default;
        int times = 0;
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (JsonParameters.IsNamed(member, name))
            {
                given = member.Value;
                times++;
            }
        }

        if (times > 1)
        {
            return "is given more than once";
        }

        if (path.Length > name.Length + 2)
        {
            // Of what is inside only one level is looked at: an element of an array, or a member of a map.
            (JsonElement? inside, Type? type) =
                Inside(given, path[(name.Length + 2)..], shape.Options.GetTypeInfo(known.PropertyType));
            return inside is { } found && type is not null ? Compare(found, type, shape.Options) : WrongValue;
        }

        return Compare(given, known.PropertyType, shape.Options);
    }

    private static (JsonElement? Given, Type? Wanted) Inside(JsonElement given, string path, JsonTypeInfo wanted)
    {
        if (given.ValueKind == JsonValueKind.Array && path is ['[', .. var digits, ']']
            && int.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out int at) && at < given.GetArrayLength())
        {
            return (given[at], wanted.ElementType);
        }

        if (given.ValueKind == JsonValueKind.Object && path is ['.', .. var name] && wanted.Kind == JsonTypeInfoKind.Dictionary)
        {
            foreach (JsonProperty member in given.EnumerateObject())
            {
                if (JsonParameters.IsNamed(member, name))
                {
                    return (member.Value, wanted.ElementType);
                }
            }
        }

        return (null, null);
    }

    private static string Compare(JsonElement given, Type type, JsonSerializerOptions options)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        (string Words, bool Fits)? wanted =
            type == typeof(bool) ? ("true or false", given.ValueKind is JsonValueKind.True or JsonValueKind.False)
            : type == typeof(string) || type.IsEnum || type == typeof(FileContent) ? ("a string", given.ValueKind == JsonValueKind.String)
            : type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ulong)
                ? ("an integer", given.ValueKind == JsonValueKind.Number)
            : type == typeof(double) ? ("a number", given.ValueKind == JsonValueKind.Number)
            : options.GetTypeInfo(type).Kind switch
            {
                JsonTypeInfoKind.Enumerable => ("an array", given.ValueKind == JsonValueKind.Array),
                JsonTypeInfoKind.Dictionary or JsonTypeInfoKind.Object => ("an object", given.ValueKind == JsonValueKind.Object),
                _ => null,
            };
        return wanted is { Fits: false, Words: var words } ? $"has the wrong type: {words} is needed" : WrongValue;
    }
}
