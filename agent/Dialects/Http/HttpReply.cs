using System.Buffers;
using System.Globalization;
using System.Text.Json;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>Writes responses that come in one piece.</summary>
internal static class HttpReply
{
    /// <summary>Media type of what an operation takes and gives.</summary>
    public const string Json = "application/json";

    /// <summary>Whether the request has one of the methods that its path knows; one that has not is answered.</summary>
    public static bool Allows(HttpContext context, params ReadOnlySpan<string> methods)
    {
        foreach (string method in methods)
        {
            if (HttpMethods.Equals(context.Request.Method, method))
            {
                return true;
            }
        }

        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = string.Join(", ", methods);
        context.Response.ContentLength = 0;
        return false;
    }

    /// <summary>Answers with a status and what a caller writes.</summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        HttpJson.Write(body, write);
        await SendAsync(context, status, body.WrittenMemory);
    }

    /// <summary>Refuses a request for a reason that the agent knows.</summary>
    public static Task RefuseAsync(HttpContext context, OperationException exception) => FailAsync(context, Failure.From(exception));

    /// <summary>Refuses a request that is none, or asks for what is not there.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string message)
    {
        ErrorCode code = status switch
        {
            StatusCodes.Status404NotFound => ErrorCode.UnknownOperation,
            StatusCodes.Status413PayloadTooLarge => ErrorCode.TooLarge,
            StatusCodes.Status408RequestTimeout => ErrorCode.TimedOut,
            _ => ErrorCode.InvalidRequest,
        };
        return SendFailureAsync(context, status, new Failure(code, message));
    }

    /// <summary>Answers that the call failed.</summary>
    public static Task FailAsync(HttpContext context, Failure failure) =>
        SendFailureAsync(context, HttpErrors.ToStatus(failure.Code), failure);

    /// <summary>Answers with what a call has come to.</summary>
    public static Task SendAsync(HttpContext context, HttpAnswer answer, int status = StatusCodes.Status200OK) =>
        answer.Failure is { } failure ? FailAsync(context, failure) : SendAsync(context, status, answer.Json!.Memory);

    /// <summary>Answers with JSON that is there already.</summary>
    public static async Task SendAsync(HttpContext context, int status, ReadOnlyMemory<byte> json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json);
    }

    /// <summary>Answers that the call failed, with a status that says more than its error's own.</summary>
    public static Task SendFailureAsync(HttpContext context, int status, Failure failure)
    {
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            // Whole seconds, RFC 9110 section 10.2.3.
            long seconds = Math.Max(1, ((failure.Detail?.RetryAfterMs ?? 0) + 999) / 1000);
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = new ArrayBufferWriter<byte>();
        HttpJson.Write(body, failure);
        return SendAsync(context, status, body.WrittenMemory);
    }
}
