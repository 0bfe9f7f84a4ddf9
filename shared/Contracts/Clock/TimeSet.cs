using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Clock;

/// <summary>Sets the guest's wall clock, for a guest that was paused or restored from a snapshot.</summary>
public static class TimeSet
{
    /// <summary>The operation <c>time_set</c>.</summary>
    public static readonly OperationContract<TimeSetRequest, TimeSetResult> Contract =
        new("time_set", Access.Modify, () => TimeSetJson.Default.TimeSetRequest,
            () => TimeSetJson.Default.TimeSetResult);
}

/// <summary>Parameters of <c>time_set</c>.</summary>
/// <param name="UnixMs">
/// The time, milliseconds since the epoch; without it the time of the hardware clock, which is taken for UTC.
/// </param>
public sealed record TimeSetRequest(long? UnixMs = null);

/// <summary>Result of <c>time_set</c>.</summary>
/// <param name="UnixMs">The time that was set, milliseconds since the epoch.</param>
/// <param name="StepMs">By how much the clock went forward; negative when it went back.</param>
public sealed record TimeSetResult(long UnixMs, long StepMs);

/// <summary>JSON shapes of <c>time_set</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TimeSetRequest))]
[JsonSerializable(typeof(TimeSetResult))]
public sealed partial class TimeSetJson : JsonSerializerContext;
