using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>Responses that are written as things happen.</summary>
internal static class HttpStream
{
    /// <summary>Sends bytes of a response that has begun, and waits until the host takes them.</summary>
    /// <exception cref="OperationCanceledException">The host has gone, or the wait was given up.</exception>
    public static async Task SendAsync(HttpContext context, byte[] bytes, CancellationToken cancellationToken)
    {
        // Not into the writer's own memory: of a host that has gone, it has none.
        FlushResult sent = await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
        if (sent.IsCompleted)
        {
            throw new OperationCanceledException("The host has gone.", context.RequestAborted);
        }
    }
}
