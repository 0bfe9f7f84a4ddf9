using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;

namespace GuestAgent.Dialects.Http;

/// <summary>An answer as it is sent.</summary>
/// <param name="Failure">Why the call failed; null when it did not.</param>
/// <param name="Json">The result; null when there is none.</param>
/// <param name="Result">What it says, without memory that the call has given back.</param>
internal sealed record HttpAnswer(Failure? Failure, PooledLine? Json, object? Result = null) : IDisposable
{
    /// <summary>The answer that a reply makes; a result that is too long, or has no memory, is an error.</summary>
    public static HttpAnswer To(in Reply reply, int maxBytes, MemoryShare memory)
    {
        if (reply.Failure is { } failure)
        {
            return new HttpAnswer(failure, null);
        }

        // As for the other dialects: what was done is not undone by an error, so only what was read can be refused.
        var json = new PooledLine(memory, mustFit: reply.Result is not IDisposable);
        try
        {
            HttpJson.Write(json, reply.Result!, reply.Shape!);
        }
        catch (OperationException e)
        {
            json.Dispose();
            return new HttpAnswer(Failure.From(e), null);
        }

        if (json.Length <= maxBytes)
        {
            return new HttpAnswer(null, json, reply.Result);
        }

        json.Dispose();
        return new HttpAnswer(
            new Failure(
                ErrorCode.TooLarge,
                "The result is longer than a message may be.",
                new ErrorDetail("limits.max_message_bytes", Limit: maxBytes)),
            null);
    }

    /// <inheritdoc/>
    public void Dispose() => Json?.Dispose();
}
