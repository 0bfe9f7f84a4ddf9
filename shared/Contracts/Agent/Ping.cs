using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Agent;

/// <summary>Tells that the agent is alive.</summary>
public static class Ping
{
    /// <summary>The operation <c>ping</c>.</summary>
    public static readonly OperationContract<PingRequest, PingResult> Contract =
        new("ping", Access.Observe, () => PingJson.Default.PingRequest, () => PingJson.Default.PingResult)
        {
            IsProbe = true,
        };
}

/// <summary>Parameters of <c>ping</c>: none.</summary>
public sealed record PingRequest;

/// <summary>Result of <c>ping</c>.</summary>
/// <param name="Pong">Always true.</param>
/// <param name="Timestamp">The guest's wall clock, seconds since the epoch.</param>
public sealed record PingResult(bool Pong, long Timestamp);

/// <summary>JSON shapes of <c>ping</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(PingResult))]
public sealed partial class PingJson : JsonSerializerContext;
