using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dialects.Http.Files;
using GuestAgent.Dialects.Http.Logs;
using GuestAgent.Dialects.Http.Metrics;
using GuestAgent.Dialects.Http.Streams;
using GuestAgent.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GuestAgent.Dialects.Http;

/// <summary>Which request asks for what.</summary>
internal sealed class HttpApplication : IHttpApplication<HttpContext>
{
    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing was made for it.
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        HttpHost host = context.Features.GetRequiredFeature<HttpHost>();
        try
        {
            await RouteAsync(context, host);
        }
        catch (OperationException e) when (!context.Response.HasStarted)
        {
            await HttpReply.RefuseAsync(context, e);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await HttpReply.RefuseAsync(context, e.StatusCode, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The host is gone, and nobody could be told.
            context.Abort();
        }
    }

    private static Task RouteAsync(HttpContext context, HttpHost host)
    {
        // Hosts that join an address and a path write "//v1/ping" and "/v1/ping/", and mean the same.
        string[] path = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path switch
        {
            ["healthz"] => HttpHealth.AnswerAsync(context, host.Listener.Uptime),
            ["v1", "health"] => HttpHealth.AnswerAsync(context, host.Listener.Uptime, host.Listener.Describe()),
            ["v1", "metrics"] => HttpMetrics.ServeAsync(context, host),
            ["v1", "openapi.json" or "openapi"] => HttpDocument.ServeAsync(context),
            ["v1", "logs", "stream"] => HttpLogs.ServeAsync(context, host),
            ["v1", "events"] => HttpSubscription.ServeAsync(context, host, EventsSubscribe.Contract.Name),
            ["v1", "telemetry"] => HttpSubscription.ServeAsync(context, host, TelemetrySubscribe.Contract.Name),
            ["v1", "files"] => HttpFiles.ServeAsync(context, host),
            ["v1", "uploads", { } token] => HttpUploads.ServeAsync(context, host, token),
            ["v1", { } operation] when HttpReply.Allows(context, HttpMethods.Post) => HttpRequest.ServeAsync(context, host, operation),
            ["v1", _] => Task.CompletedTask,
            _ => HttpReply.RefuseAsync(context, StatusCodes.Status404NotFound, "There is nothing at this path."),
        };
    }
}
