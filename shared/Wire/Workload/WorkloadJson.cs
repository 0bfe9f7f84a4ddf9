using System.Text.Json.Serialization;

namespace GuestAgent.Wire.Workload;

/// <summary>
/// JSON shapes of the workload wire. Members that a side does not know are ignored, as the original systems do.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GuestRequest))]
[JsonSerializable(typeof(GuestMessage))]
public sealed partial class WorkloadJson : JsonSerializerContext;
