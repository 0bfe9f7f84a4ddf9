using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GuestAgent.Settings;

/// <summary>The parts of a configuration that have the right shape, by their path.</summary>
internal sealed class SoundParts(JsonElement root, IReadOnlyList<SettingsFault> faults)
{
    /// <summary>The elements of a list that can be read, each with its JSON path.</summary>
    /// <param name="path">Names of the members that lead to the list, with dots between them.</param>
    /// <param name="shape">Shape of an element.</param>
    public IEnumerable<(string Path, T Item)> Items<T>(string path, JsonTypeInfo<T> shape)
        where T : class
    {
        if (Find(path) is not { ValueKind: JsonValueKind.Array } list)
        {
            yield break;
        }

        foreach ((int index, JsonElement element) in list.EnumerateArray().Index())
        {
            string item = $"$.{path}[{index}]";
            if (IsSound(item))
            {
                yield return (item, element.Deserialize(shape)!);
            }
        }
    }

    /// <summary>The members of an object that can be read, each with its JSON path and its name.</summary>
    /// <param name="path">Names of the members that lead to the object, with dots between them.</param>
    /// <param name="shape">Shape of a member.</param>
    public IEnumerable<(string Path, string Name, T Member)> Members<T>(string path, JsonTypeInfo<T> shape)
        where T : class
    {
        if (Find(path) is not { ValueKind: JsonValueKind.Object } parent)
        {
            yield break;
        }

        foreach (JsonProperty member in parent.EnumerateObject())
        {
            string at = $"$.{path}.{member.Name}";
            if (IsSound(at))
            {
                yield return (at, member.Name, member.Value.Deserialize(shape)!);
            }
        }
    }

    /// <summary>A part as a whole; null when it is missing or cannot be read.</summary>
    public T? Part<T>(string path, JsonTypeInfo<T> shape)
        where T : class =>
        Find(path) is { ValueKind: JsonValueKind.Object } part && IsSound("$." + path) ? part.Deserialize(shape) : null;

    /// <summary>A member that is text; null when it is missing or is not.</summary>
    public string? Text(string path) => Find(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>True when a member is given, however.</summary>
    public bool Has(string path) => Find(path) is not null;

    /// <summary>True when there is a list and nothing in it.</summary>
    public bool IsEmptyList(string path) =>
        Find(path) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0;

    private JsonElement? Find(string path)
    {
        JsonElement at = root;
        string place = "$";
        foreach (string name in path.Split('.'))
        {
            place += "." + name;
            // Of what is given twice only the first was looked at, and this would be the last.
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at) || faults.Any(fault => fault.Path == place))
            {
                return null;
            }
        }

        return at;
    }

    private bool IsSound(string path) =>
        !faults.Any(fault => fault.Path == path
            || fault.Path.StartsWith(path + ".", StringComparison.Ordinal)
            || fault.Path.StartsWith(path + "[", StringComparison.Ordinal));
}
