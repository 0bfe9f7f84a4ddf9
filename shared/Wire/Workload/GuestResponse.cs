using System.Text.Json.Serialization;

namespace GuestAgent.Wire.Workload;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; -1 when a signal ended it, or when it did not run.</param>
/// <param name="Output">What it wrote to both outputs, in the order of arrival.</param>
/// <param name="Error">Why it did not run to its end; absent when it did.</param>
/// <param name="LogLines">Never sent by the agent; other guests may.</param>
/// <param name="ErrorCode">Kind of the error, snake_case; this and what follows only for hosts with the feature.</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="TimedOut">True when the time limit ended it.</param>
/// <param name="OutputBytes">Bytes that it wrote.</param>
/// <param name="OutputTruncated">True when it wrote more than is in <paramref name="Output"/>.</param>
/// <param name="DurationMs">From start to exit, milliseconds.</param>
/// <param name="OomKilled">True when a process of it was killed because its memory was used up.</param>
/// <param name="Runtimes">The runtimes that there are, where the one that was asked for is none.</param>
public sealed record GuestResponse(
    int ExitCode = 0,
    [property: JsonConverter(typeof(LongTextConverter))] string? Output = null,
    string? Error = null,
    IReadOnlyList<string>? LogLines = null,
    string? ErrorCode = null,
    int? Signal = null,
    bool? TimedOut = null,
    long? OutputBytes = null,
    bool? OutputTruncated = null,
    long? DurationMs = null,
    bool? OomKilled = null,
    IReadOnlyList<string>? Runtimes = null);
