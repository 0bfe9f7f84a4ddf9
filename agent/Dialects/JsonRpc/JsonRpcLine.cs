using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
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
    public static PooledLine Notification<T>(string method, T content, JsonTypeInfo<T> shape)
    {
        var line = new PooledLine();
        Writer.WriteCall(line, null, method, content, shape);
        return line;
    }

    /// <summary>The answer to a request; an answer over the limit becomes an error that says so.</summary>
    public static PooledLine Reply(CallId id, in Reply reply, int maxBytes)
    {
        if (reply.Failure is { } failure)
        {
            return Error(id, failure);
        }

        var line = new PooledLine();
        Writer.WriteResult(line, id, reply.Result!, reply.Shape!);
        if (reply.Result is IAttachesContent { AttachedBytes: > 0 } content)
        {
            line.Attach(content.Detach());
        }

        if (line.Length <= maxBytes)
        {
            return line;
        }

        line.Dispose();
        return TooLong(id, maxBytes);
    }

    /// <summary>The answer in place of one that is longer than a message may be, or for which a batch has no room.</summary>
    public static PooledLine TooLong(CallId id, int maxBytes) => Error(id, new Failure(
        ErrorCode.TooLarge,
        "The result is longer than a message may be.",
        new ErrorDetail("limits.max_message_bytes", Limit: maxBytes)));

    /// <summary>An error answer.</summary>
    public static PooledLine Error(CallId id, Failure failure)
    {
        var line = new PooledLine();
        Writer.WriteError(line, id, failure.Code, failure.Message, failure.Detail);
        return line;
    }

    /// <summary>The array of a batch's answers, whose own lines are given back.</summary>
    public static PooledLine Batch(List<PooledLine> replies)
    {
        var line = new PooledLine();
        JsonRpcWriter.WriteBatch(line, replies.ConvertAll(reply => reply.Memory));
        replies.ForEach(reply => reply.Dispose());
        return line;
    }
}
