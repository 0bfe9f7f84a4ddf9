using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>The OpenAPI document of this dialect, as it lies in the program: pages of the file that nothing touches before.</summary>
internal static class HttpDocument
{
    private const string Name = "openapi.json";

    /// <summary>Serves it.</summary>
    public static async Task ServeAsync(HttpContext context)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get, HttpMethods.Head))
        {
            return;
        }

        await using Stream document = typeof(HttpDocument).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"the program was built without {Name}");
        context.Response.ContentType = HttpReply.Json;
        context.Response.ContentLength = document.Length;
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
