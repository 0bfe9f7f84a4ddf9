using GuestAgent.Contracts.Telemetry;
using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Streams;

/// <summary>
/// A request that is answered with what a subscription brings, for as long as the host reads. It has a session of its own, so that what it
/// has begun ends with it.
/// </summary>
internal static class HttpSubscription
{
    // Between two signs of life, and between two looks whether the listener still serves it.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    /// <summary>Serves it.</summary>
    /// <param name="context">The request; its query has the parameters.</param>
    /// <param name="host">Whose it is.</param>
    /// <param name="operation">The operation that subscribes.</param>
    public static async Task ServeAsync(HttpContext context, HttpHost host, string operation)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get))
        {
            return;
        }

        byte[] parameters = HttpQuery.Of(context).ToParameters();
        var push = new HttpPush(host.Listener.Limits.MaxMessageBytes);
        Session session = host.OpenSession(push);
        try
        {
            using HttpAnswer answer = await HttpRequest.CallAsync(context, host, operation, parameters, session: session);
            if (answer.Failure is { } failure)
            {
                await HttpReply.FailAsync(context, failure);
                return;
            }

            var stream = new EventStream(context, host.Listener.Describe().Instance);
            if (stream.IsResumed && answer.Result is EventsSubscribeResult subscribed)
            {
                // What has changed since the last one, nobody has kept: all of it may have.
                push.PostLatest(EventsSubscribe.Event, new AgentEvents(subscribed.Kinds, 0));
            }

            await RunAsync(context, host, operation, push, stream);
        }
        finally
        {
            session.End();
        }
    }

    private static async Task RunAsync(HttpContext context, HttpHost host, string operation, HttpPush push, EventStream stream)
    {
        CancellationToken stopping =
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await stream.StartAsync(end.Token);
        try
        {
            while (host.Listener.Operations?.Contains(operation) != false)
            {
                if (await push.NextAsync(Pause, end.Token) is { } next)
                {
                    await stream.SendAsync(next, end.Token);
                }
                else
                {
                    await stream.WaitAsync(end.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The stream ends with the agent, as any other response.
        }
    }
}
