using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Cli.Output;

/// <summary>JSON shapes of what guestctl prints of its own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PingReport))]
[JsonSerializable(typeof(FailureReport))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OutputJson : JsonSerializerContext;
