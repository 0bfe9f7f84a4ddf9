using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Encodes outgoing messages.</summary>
internal static class JsonRpcLine
{
    // Writers hold a buffer and are not thread-safe; encoding never awaits.
    [ThreadStatic]
    private static JsonRpcWriter? _writer;

    private static JsonRpcWriter Writer => _writer ??= new JsonRpcWriter();

    /// <summary>A notification.</summary>
    public static PooledLine Notification<T>(string method, T content, JsonTypeInfo<T> shape, MemoryShare share)
    {
        var line = new PooledLine(share, mustFit: true);
        Writer.WriteCall(line, null, method, content, shape);
        return line;
    }

    /// <summary>The answer to a request; one that is over the limit, or content for which there is no memory, becomes an error.</summary>
    public static PooledLine Reply(CallId id, in Reply reply, int maxBytes, MemoryShare share)
    {
        if (reply.Failure is { } failure)
        {
            return Error(id, InMessage(failure), share);
        }

        // What was done is not undone by an error: only what was read can be read again. That holds
        // memory of its own; the rest counts its result before.
        var line = new PooledLine(share, mustFit: reply.Result is not IDisposable);
        try
        {
            Writer.WriteResult(line, id, reply.Result!, reply.Shape!, reply.Body?.Length ?? 0);
            if (reply.Body is { Length: > 0 } body)
            {
                line.Follow(body.Detach());
            }
        }
        catch (OperationException e)
        {
            line.Dispose();
            return Error(id, Failure.From(e), share);
        }

        if (line.Length <= maxBytes)
        {
            return line;
        }

        line.Dispose();
        return TooLong(id, maxBytes, share);
    }

    /// <summary>The answer in place of one that is longer than a message may be, or for which a batch has no room.</summary>
    public static PooledLine TooLong(CallId id, int maxBytes, MemoryShare share) => Error(
        id,
        new Failure(
            ErrorCode.TooLarge,
            "The result is longer than a message may be.",
            new ErrorDetail("limits.max_message_bytes", Limit: maxBytes)),
        share);

    /// <summary>An error answer, whose field is a member of the message. What it carries of a result was counted when it was made.</summary>
    public static PooledLine Error(CallId id, Failure failure, MemoryShare share)
    {
        var line = new PooledLine(share, mustFit: true);
        Writer.WriteError(line, id, failure.Code, failure.Message, failure.Detail);
        return line;
    }

    /// <summary>The array of a batch's answers, whose own lines are given back.</summary>
    /// <remarks>There was memory for its parts, which go at once.</remarks>
    public static PooledLine Batch(List<PooledLine> replies, MemoryShare share)
    {
        var line = new PooledLine(share, mustFit: true);
        JsonRpcWriter.WriteBatch(line, replies.ConvertAll(reply => reply.Memory));
        replies.ForEach(reply => reply.Dispose());
        return line;
    }

    private static Failure InMessage(Failure failure) => failure.Detail is { } detail
        ? failure with { Detail = JsonRpcErrors.InRequest(detail) }
        : failure;
}
