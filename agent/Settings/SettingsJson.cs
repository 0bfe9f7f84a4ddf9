using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>JSON shapes of the configuration file: strict, with comments and trailing commas.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentSettings))]
[JsonSerializable(typeof(UnixListenerSettings))]
[JsonSerializable(typeof(VirtioSerialListenerSettings))]
[JsonSerializable(typeof(VsockListenerSettings))]
[JsonSerializable(typeof(VsockConnectSettings))]
[JsonSerializable(typeof(IReadOnlyList<CommandRule>))]
[JsonSerializable(typeof(RuntimeRule))]
[JsonSerializable(typeof(string))]
internal sealed partial class SettingsJson : JsonSerializerContext;
