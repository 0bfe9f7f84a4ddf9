using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using GuestAgent.Contracts;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>A request for an operation, from its body to its answer.</summary>
internal static class HttpRequest
{
    private static long _last;

    /// <summary>Serves it.</summary>
    /// <param name="context">A POST.</param>
    /// <param name="host">Whose it is.</param>
    /// <param name="operation">The operation that its path names.</param>
    public static async Task ServeAsync(HttpContext context, HttpHost host, string operation)
    {
        using HttpEvents? events = HttpEvents.Of(context);
        var id = new CallId(Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture));
        var call = new HttpCall(host, id, events);
        ReceivedLine? body = await ReadAsync(context, host);
        await using CancellationTokenRegistration gone = context.RequestAborted.Register(call.Cancel);
        CancellationToken stopping =
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration stop =
            stopping.Register(() => call.StopAfter(TimeSpan.FromSeconds(host.Listener.Limits.DrainSeconds)));
        try
        {
            host.Session.Start(call, operation, new HttpArguments(body, events is not null));
        }
        finally
        {
            body?.Release();
        }

        using HttpAnswer answer = await call.Answered;
        if (events is not null && (events.HasBegun || answer.Failure is null))
        {
            await events.FinishAsync(answer, context.RequestAborted);
        }
        else if (answer.Failure is { } failure)
        {
            await HttpReply.FailAsync(context, failure);
        }
        else
        {
            await HttpReply.SendAsync(context, StatusCodes.Status200OK, answer.Json!.Memory);
        }
    }

    private static async Task<ReceivedLine?> ReadAsync(HttpContext context, HttpHost host)
    {
        PipeReader reader = context.Request.BodyReader;
        int most = host.Listener.Limits.MaxMessageBytes;
        host.Reads(reader);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(context.RequestAborted);
                ReadOnlySequence<byte> bytes = read.Buffer;
                if (bytes.Length > most)
                {
                    throw new OperationException(
                        ErrorCode.TooLarge,
                        "The body is longer than a message may be.",
                        new ErrorDetail("limits.max_message_bytes", Limit: most));
                }

                if (read.IsCompleted)
                {
                    ReceivedLine? body = bytes.IsEmpty ? null : ReceivedLine.TryCopy(bytes, host.Memory) ?? throw host.Memory.Refusal(bytes.Length);
                    reader.AdvanceTo(bytes.End);
                    return body;
                }

                if (!host.Unfinished.TryHold(bytes.Length))
                {
                    throw host.Unfinished.Refusal(bytes.Length);
                }

                reader.AdvanceTo(bytes.Start, bytes.End);
            }
        }
        finally
        {
            host.Unfinished.Release();
            await reader.CompleteAsync();
        }
    }
}
