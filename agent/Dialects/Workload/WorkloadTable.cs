using System.Buffers;
using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>Both ways between the workload wire and the operation <c>run_workload</c>.</summary>
internal static class WorkloadTable
{
    private const double DefaultSeconds = 30;
    private const int DidNotRun = -1;

    // Room for the other members of the result; half of the shortest messages, which is more than they take. One byte of
    // output is at most six of JSON (\u0000).
    private const int ResultBytes = 16 * 1024;
    private const int WorstBytesForOne = 6;

    // What is longer is none, and is not read for it.
    private const int LongestCancel = 4 * 1024;

    /// <summary>Reads a request; null when the frame is none.</summary>
    public static GuestRequest? Parse(in ReadOnlySequence<byte> frame) => Read(frame, WorkloadJson.Default.GuestRequest);

    /// <summary>True when the host wishes the program to end.</summary>
    public static bool IsCancel(in ReadOnlySequence<byte> frame) =>
        frame.Length <= LongestCancel && Read(frame, WorkloadJson.Default.GuestMessage)?.Type == WorkloadWire.Cancel;

    /// <summary>What the operation is asked for.</summary>
    public static RunWorkloadRequest ToRequest(GuestRequest request) => new(
        request.Runtime ?? "",
        request.CodeArchive is { IsEmpty: false } ? "" : request.Code ?? "",
        request.CodeArchive,
        request.Input,
        request.Env,
        request.Entrypoint is { Length: > 0 } entrypoint ? entrypoint : null,
        TimeLimit(request),
        Stream: true,
        OutputEncoding: TextEncoding.Utf8);

    /// <summary>
    /// Whether a time limit above the policy's ceiling is shortened: a host of the original wire has no ear for a refusal of what its
    /// own system would take, and a default is nobody's wish.
    /// </summary>
    public static bool ShortensTimeLimit(GuestRequest request) =>
        !WorkloadFeatures.Of(request).Details || (request.TimeoutS <= 0 && !WorkloadFeatures.Of(request).Unlimited);

    /// <summary>A result for what never became a call.</summary>
    public static GuestResponse Refuse(string sentence) =>
        new(DidNotRun, "", sentence);

    /// <summary>Likewise, in words for a host that knows no codes.</summary>
    public static GuestResponse Refuse(OperationException refusal) =>
        Refuse($"{Words.SnakeCase(refusal.Code)}: {refusal.Message}");

    /// <summary>The answer to the host.</summary>
    /// <param name="reply">The operation's.</param>
    /// <param name="features">What the host understands.</param>
    /// <param name="maxFrameBytes">Longest message.</param>
    public static GuestResponse ToResponse(in Reply reply, WorkloadFeatures features, int maxFrameBytes)
    {
        RunWorkloadResult? result = reply.Result as RunWorkloadResult ?? Partial(reply.Failure);
        GuestResponse response = result is null
            ? new GuestResponse(DidNotRun, "")
            : new GuestResponse(
                result.ExitCode,
                Output(result, (maxFrameBytes - Math.Min(ResultBytes, maxFrameBytes / 2)) / WorstBytesForOne),
                Signal: result.Signal,
                TimedOut: result.TimedOut,
                OutputBytes: result.OutputBytes,
                OutputTruncated: result.OutputTruncated,
                DurationMs: result.ExecutionTimeMs,
                OomKilled: result.OomKilled);
        response = response with
        {
            Error = reply.Failure?.Message,
            ErrorCode = reply.Failure is { } failure ? Words.SnakeCase(failure.Code) : null,
            Runtimes = reply.Failure?.Detail?.Known,
        };
        return features.Details ? response : Original(response);
    }

    // For a host that knows no more, the text itself says that it is not all.
    private static string Output(RunWorkloadResult result, int maxLength)
    {
        bool cut = result.Output.Length > maxLength;
        string text = cut ? result.Output[..maxLength] : result.Output;
        return cut || result.OutputTruncated
            ? $"{text}\n[output truncated: the program wrote {result.OutputBytes} bytes]\n"
            : text;
    }

    private static GuestResponse Original(GuestResponse response) =>
        new(response.ExitCode, response.Output, response.Error);

    private static double? TimeLimit(GuestRequest request) =>
        request.TimeoutS > 0 ? request.TimeoutS
        : !WorkloadFeatures.Of(request).Unlimited ? DefaultSeconds
        : request.TimeoutS < 0 ? 0
        : null;

    private static RunWorkloadResult? Partial(Failure? failure) =>
        failure?.Detail?.Result is { } partial ? partial.Deserialize(RunWorkloadJson.Default.RunWorkloadResult) : null;

    private static T? Read<T>(in ReadOnlySequence<byte> frame, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            return JsonSerializer.Deserialize(ref reader, shape);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: an escape that is no character, such as a lone surrogate.
            return null;
        }
    }
}
