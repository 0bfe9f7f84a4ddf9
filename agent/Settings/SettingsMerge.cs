using System.Buffers;
using System.Text.Json;

namespace GuestAgent.Settings;

/// <summary>
/// Makes one configuration of a file and its drop-ins: their lists of listeners and of what is allowed one behind the other, runtimes
/// and single members side by side. What is given in two files is a fault: no file changes what another one says.
/// </summary>
internal sealed class SettingsMerge
{
    private static readonly string[] Objects = ["$.policy", "$.policy.runtimes", "$.policy.forward", "$.limits"];

    private static readonly string[] Lists =
    [
        "$.listeners", "$.policy.commands", "$.policy.read_paths", "$.policy.write_paths", "$.policy.forward.connect",
        "$.policy.forward.listen",
    ];

    private readonly List<SettingsFault> _faults = [];

    private SettingsMerge(string main) => Origins = new SettingsOrigins(main);

    /// <summary>Where each part comes from.</summary>
    public SettingsOrigins Origins { get; }

    /// <summary>The text of the whole configuration.</summary>
    public ReadOnlyMemory<byte> Json { get; private set; }

    /// <summary>Merges files.</summary>
    /// <param name="files">The configuration file, then its drop-ins in their order; each has the right shape.</param>
    /// <exception cref="SettingsException">Something is given in two of them; every such thing is listed.</exception>
    public static SettingsMerge Of(IReadOnlyList<SettingsPart> files)
    {
        var merge = new SettingsMerge(files[0].File);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            merge.WriteObject(writer, "$", files);
        }

        merge.Json = text.WrittenMemory;
        return merge._faults.Count == 0 ? merge : throw new SettingsException(merge._faults);
    }

    private void WriteObject(Utf8JsonWriter writer, string path, IReadOnlyList<SettingsPart> parts)
    {
        var members = new Dictionary<string, List<SettingsPart>>(StringComparer.Ordinal);
        List<string> names = [];
        foreach (SettingsPart part in parts)
        {
            foreach (JsonProperty member in part.Value.EnumerateObject())
            {
                if (!members.TryGetValue(member.Name, out List<SettingsPart>? found))
                {
                    members.Add(member.Name, found = []);
                    names.Add(member.Name);
                }

                found.Add(new SettingsPart(part.File, member.Value));
            }
        }

        writer.WriteStartObject();
        foreach (string name in names)
        {
            writer.WritePropertyName(name);
            WriteMember(writer, $"{path}.{name}", members[name]);
        }

        writer.WriteEndObject();
    }

    private void WriteMember(Utf8JsonWriter writer, string path, List<SettingsPart> parts)
    {
        if (Lists.Contains(path) && parts.TrueForAll(static part => part.Value.ValueKind == JsonValueKind.Array))
        {
            WriteList(writer, path, parts);
        }
        else if (Objects.Contains(path) && parts.TrueForAll(static part => part.Value.ValueKind == JsonValueKind.Object))
        {
            WriteObject(writer, path, parts);
        }
        else
        {
            for (int i = 1; i < parts.Count; i++)
            {
                _faults.Add(new SettingsFault(path, $"is given in {parts[0].File} too", parts[i].File));
            }

            Origins.Add(path, parts[0].File, path);
            parts[0].Value.WriteTo(writer);
        }
    }

    private void WriteList(Utf8JsonWriter writer, string path, List<SettingsPart> parts)
    {
        int count = 0;
        writer.WriteStartArray();
        foreach ((string file, JsonElement list) in parts)
        {
            int index = 0;
            foreach (JsonElement element in list.EnumerateArray())
            {
                Origins.Add($"{path}[{count++}]", file, $"{path}[{index++}]");
                element.WriteTo(writer);
            }
        }

        writer.WriteEndArray();
    }
}
