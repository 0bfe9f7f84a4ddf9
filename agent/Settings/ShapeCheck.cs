using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Settings;

/// <summary>
/// Compares a JSON document with the shape that its types declare and lists every difference with its path, where the
/// serializer would stop at the first. A document without faults here deserialises.
/// </summary>
internal static class ShapeCheck
{
    /// <summary>What is said of a member that has to be there.</summary>
    public const string Missing = "is missing";

    /// <summary>Lists what is wrong with <paramref name="root"/>.</summary>
    /// <param name="root">The document.</param>
    /// <param name="shape">The shape that it must have.</param>
    public static List<SettingsFault> Find(JsonElement root, JsonTypeInfo shape)
    {
        var faults = new List<SettingsFault>();
        Check(root, shape, "$", faults);
        return faults;
    }

    private static void Check(JsonElement value, JsonTypeInfo shape, string path, List<SettingsFault> faults)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(new SettingsFault(path, $"must be {Expected(shape)}, not null"));
        }
        else if (shape.Converter is IElementShape converter && converter.ElementType(value) is { } inner)
        {
            Check(value, shape.Options.GetTypeInfo(inner), path, faults);
        }
        else if (shape.Converter is IVariantShape variants && value.ValueKind == JsonValueKind.Object)
        {
            if (Variant(value, variants, path, faults) is { } type)
            {
                CheckObject(value, shape.Options.GetTypeInfo(type), path, faults);
            }
        }
        else if (shape.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            CheckObject(value, shape, path, faults);
        }
        else if (shape.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array)
        {
            JsonTypeInfo element = shape.Options.GetTypeInfo(shape.ElementType!);
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                Check(item, element, $"{path}[{index++}]", faults);
            }
        }
        else if (shape.Kind == JsonTypeInfoKind.Dictionary && value.ValueKind == JsonValueKind.Object)
        {
            CheckDictionary(value, shape.Options.GetTypeInfo(shape.ElementType!), path, faults);
        }
        else
        {
            CheckLeaf(value, shape, path, faults);
        }
    }

    private static void CheckDictionary(JsonElement value, JsonTypeInfo element, string path, List<SettingsFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string memberPath = $"{path}.{member.Name}";
            if (seen.Add(member.Name))
            {
                Check(member.Value, element, memberPath, faults);
            }
            else
            {
                faults.Add(new SettingsFault(memberPath, "is given twice"));
            }
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo shape, string path, List<SettingsFault> faults)
    {
        var missing = shape.Properties.Where(p => p.IsRequired).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string memberPath = $"{path}.{member.Name}";
            missing.Remove(member.Name);
            if (!seen.Add(member.Name))
            {
                faults.Add(new SettingsFault(memberPath, "is given twice"));
            }
            else if (Find(shape, member.Name) is not { } property)
            {
                faults.Add(new SettingsFault(memberPath, $"is unknown; known here: {Names(shape)}"));
            }
            else if (member.Value.ValueKind != JsonValueKind.Null || !IsNullable(property))
            {
                Check(member.Value, shape.Options.GetTypeInfo(property.PropertyType), memberPath, faults);
            }
        }

        faults.AddRange(missing.Select(name => new SettingsFault($"{path}.{name}", Missing)));
    }

    private static Type? Variant(JsonElement value, IVariantShape shape, string path, List<SettingsFault> faults)
    {
        if (!value.TryGetProperty(shape.Discriminator, out JsonElement name))
        {
            faults.Add(new SettingsFault($"{path}.{shape.Discriminator}", Missing));
            return null;
        }

        string? word = name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        List<string> known = [];
        foreach ((string variant, Type type) in shape.Variants)
        {
            if (variant == word)
            {
                return type;
            }

            known.Add(variant);
        }

        faults.Add(new SettingsFault($"{path}.{shape.Discriminator}", $"is unknown; known: {string.Join(", ", known)}"));
        return null;
    }

    private static void CheckLeaf(JsonElement value, JsonTypeInfo shape, string path, List<SettingsFault> faults)
    {
        bool isOne;
        try
        {
            // A number beyond all bounds, such as 1e400, would become infinity, which JSON cannot say again.
            isOne = value.Deserialize(shape) is not double number || double.IsFinite(number);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            isOne = false;
        }

        if (!isOne)
        {
            faults.Add(new SettingsFault(path, $"must be {Expected(shape)}, not {Kind(value)}"));
        }
    }

    private static bool IsNullable(JsonPropertyInfo property) =>
        property.AssociatedParameter is { } parameter ? parameter.IsNullable : property.IsSetNullable;

    private static JsonPropertyInfo? Find(JsonTypeInfo shape, string name) =>
        shape.Properties.FirstOrDefault(p => p.Name == name && p.Get is not null);

    private static string Names(JsonTypeInfo shape)
    {
        List<string> names = [];
        foreach (JsonPropertyInfo property in shape.Properties)
        {
            if (property.Get is not null)
            {
                names.Add(property.Name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return string.Join(", ", names);
    }

    private static string Expected(JsonTypeInfo shape)
    {
        Type type = Nullable.GetUnderlyingType(shape.Type) ?? shape.Type;
        return type == typeof(string) ? "a string"
            : type == typeof(bool) ? "true or false"
            : type == typeof(int) || type == typeof(uint) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : type == typeof(CommandRules) ? "a list of rules, or \"any\""
            : shape.Kind == JsonTypeInfoKind.Enumerable ? "a list"
            : "an object";
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "this number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
