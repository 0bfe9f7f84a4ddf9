using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Clock;

/// <summary>Tells the guest's time.</summary>
public static class TimeGet
{
    /// <summary>The operation <c>time_get</c>.</summary>
    public static readonly OperationContract<TimeGetRequest, TimeGetResult> Contract =
        new("time_get", Access.Observe, () => TimeGetJson.Default.TimeGetRequest,
            () => TimeGetJson.Default.TimeGetResult);
}

/// <summary>Parameters of <c>time_get</c>: none.</summary>
public sealed record TimeGetRequest;

/// <summary>Result of <c>time_get</c>.</summary>
/// <param name="UnixMs">The wall clock, milliseconds since the epoch.</param>
/// <param name="Timezone">Name of the time zone, or null where none is set by name.</param>
/// <param name="UtcOffsetSeconds">Seconds that local time is ahead of UTC at this moment.</param>
/// <param name="Synchronized">
/// Whether something in the guest, such as an NTP client, keeps the clock right: adjtimex(2) bounds its error to less than 16 s.
/// Null when the agent may not ask the kernel.
/// </param>
public sealed record TimeGetResult(long UnixMs, string? Timezone, int UtcOffsetSeconds, bool? Synchronized);

/// <summary>JSON shapes of <c>time_get</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TimeGetRequest))]
[JsonSerializable(typeof(TimeGetResult))]
public sealed partial class TimeGetJson : JsonSerializerContext;
