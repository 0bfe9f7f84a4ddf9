using System.Text.Json.Serialization;
using GuestAgent.Wire;

namespace GuestAgent.Contracts.Workload;

/// <summary>Result of <c>run_workload</c>: how the program ended and what it wrote.</summary>
/// <param name="ExitCode">Exit code 0 to 255; -1 when a signal ended it.</param>
/// <param name="Signal">Number of the signal that ended it (signal(7)), or null.</param>
/// <param name="Output">The beginning of both outputs, in the order of arrival.</param>
/// <param name="Encoding"><c>utf8</c> or <c>base64</c>.</param>
/// <param name="ExecutionTimeMs">From start to exit, milliseconds.</param>
/// <param name="TimedOut">True when the time limit ended it.</param>
/// <param name="OutputTruncated">True when it wrote more than is here, or than was streamed.</param>
/// <param name="OutputBytes">Bytes that it wrote to both outputs, as far as the agent read them.</param>
/// <param name="OomKilled">True when the kernel has killed a process of it because its memory was used up.</param>
public sealed record RunWorkloadResult(
    int ExitCode,
    int? Signal,
    [property: JsonConverter(typeof(LongTextConverter))] string Output,
    TextEncoding Encoding,
    long ExecutionTimeMs,
    bool TimedOut,
    bool OutputTruncated,
    long OutputBytes,
    bool OomKilled = false);
