using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Sessions;
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
        ReceivedLine? body = await ReadAsync(context, host);
        using HttpAnswer answer = await CallAsync(context, host, host.Session, operation, body, events, null);
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

    /// <summary>Calls an operation with parameters that are not the request's body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="host">Whose it is.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="json">The parameters.</param>
    /// <param name="content">Takes the content of a file that it reads; null where the result has it.</param>
    /// <param name="session">The session that it is made in; null for that of the connection.</param>
    public static Task<HttpAnswer> CallAsync(
        HttpContext context, HttpHost host, string operation, byte[] json, IContentSink? content = null, Session? session = null)
    {
        ReceivedLine parameters = ReceivedLine.TryCopy(new(json), host.Memory) ?? throw host.Memory.Refusal(json.Length);
        return CallAsync(context, host, session ?? host.Session, operation, parameters, null, content);
    }

    /// <summary>Calls an operation with parameters that are its own request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="host">Whose it is.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="content">Takes the content of a file that it reads; null where the result has it.</param>
    public static Task<HttpAnswer> CallAsync(
        HttpContext context, HttpHost host, string operation, object parameters, IContentSink? content = null) =>
        CallAsync(context, host, host.Session, operation, new TypedArguments(parameters), null, content);

    private static async Task<HttpAnswer> CallAsync(
        HttpContext context,
        HttpHost host,
        Session session,
        string operation,
        ReceivedLine? body,
        HttpEvents? events,
        IContentSink? content)
    {
        try
        {
            return await CallAsync(context, host, session, operation, new HttpArguments(body, events is not null), events, content);
        }
        finally
        {
            body?.Release();
        }
    }

    private static async Task<HttpAnswer> CallAsync(
        HttpContext context,
        HttpHost host,
        Session session,
        string operation,
        ICallArguments arguments,
        HttpEvents? events,
        IContentSink? content)
    {
        var id = new CallId(Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture));
        var call = new HttpCall(host, session, id, events, content);
        await using CancellationTokenRegistration gone = context.RequestAborted.Register(call.Cancel);
        CancellationToken stopping =
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration stop =
            stopping.Register(() => call.StopAfter(TimeSpan.FromSeconds(host.Listener.Limits.DrainSeconds)));
        session.Start(call, operation, arguments);
        return await call.Answered;
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
