using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Logs;

/// <summary>Lines of a log for as long as the host reads: those of a file, and of what takes its name.</summary>
internal static class HttpLogs
{
    private const string Path = "path";
    private const string From = "from";

    /// <summary>Serves a request.</summary>
    public static async Task ServeAsync(HttpContext context, HttpHost host)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get))
        {
            return;
        }

        var query = HttpQuery.Of(context);
        bool fromEnd = query[From] switch
        {
            null or "end" => true,
            "start" => false,
            _ => throw OperationException.InvalidParameter(From, "Lines come from the start or the end."),
        };
        byte[] parameters = query.Without(From).ToParameters();
        var log = new HttpLog(context, host, query[Path] ?? "", fromEnd);
        CancellationToken stopping =
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        // Of its own: looking at the name is another call at the same time.
        Session session = host.OpenSession(null);
        using CancellationTokenRegistration ending = stopping.Register(session.StopAll);
        try
        {
            while (!end.IsCancellationRequested)
            {
                using HttpAnswer answer =
                    await HttpRequest.CallAsync(context, host, FileRead.Contract.Name, parameters, log, session);
                if (answer.Failure is not { } failure)
                {
                    continue;
                }

                if (!log.HasBegun)
                {
                    await HttpReply.FailAsync(context, failure);
                    return;
                }

                if (failure.Code != ErrorCode.NotFound)
                {
                    await (end.IsCancellationRequested ? Task.CompletedTask : log.FailAsync(failure, end.Token));
                    return;
                }

                // Between the former file and the next there may be none.
                await Task.Delay(HttpLog.Pause, end.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The stream ends with the agent, as any other response.
        }
        finally
        {
            session.End();
        }
    }
}
