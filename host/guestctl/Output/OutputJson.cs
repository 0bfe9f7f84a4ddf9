using System.Text.Json;
using System.Text.Json.Serialization;
using GuestAgent.Cli.Copying;

namespace GuestAgent.Cli.Output;

/// <summary>JSON shapes of what guestctl prints of its own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PingReport))]
[JsonSerializable(typeof(FailureReport))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(WorkloadReport))]
[JsonSerializable(typeof(DroppedUploads))]
[JsonSerializable(typeof(QuietReport))]
[JsonSerializable(typeof(ForwardReport))]
internal sealed partial class OutputJson : JsonSerializerContext;
