using System.Buffers;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Session;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Wire;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Makes calls of lines: each request is one, and what is none is answered here.</summary>
/// <param name="hosts">The hosts of the connection.</param>
/// <param name="channel">Tells a host who the agent is.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="memory">Counts what the connection holds.</param>
/// <param name="unmarkedSession">Whether a line may hold the bytes of two hosts.</param>
internal sealed class JsonRpcReceiver(
    HostSessions<JsonRpcSession> hosts,
    JsonRpcChannel channel,
    ListenerProfile listener,
    MemoryShare memory,
    bool unmarkedSession)
{
    /// <summary>Longer lines are copied with <see cref="TryCopy"/>, so that the transport need not keep them meanwhile.</summary>
    public const int LongLineBytes = 64 * 1024;

    // Of a line that is refused, where its id is looked for.
    private const int BeginningBytes = 1024;

    /// <summary>Takes one line; what it asks for begins in the order in which lines come.</summary>
    public void TakeLine(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            TakeMessage(line.First, null);
            return;
        }

        if (TryCopy(line) is { } copy)
        {
            TakeCopy(copy);
        }
    }

    /// <summary>Copies a line, or refuses it.</summary>
    /// <returns>For <see cref="TakeCopy"/>; null when it is refused.</returns>
    public ReceivedLine? TryCopy(in ReadOnlySequence<byte> line)
    {
        ReceivedLine? copy = ReceivedLine.TryCopy(line, memory);
        if (copy is null)
        {
            RefuseForMemory(line, memory.Refusal(line.Length));
        }

        return copy;
    }

    /// <summary>Takes a line that was copied.</summary>
    public void TakeCopy(ReceivedLine copy)
    {
        TakeMessage(copy.Memory, copy);
        copy.Release();
    }

    /// <summary>Answers a line that there is no memory for, with its id where the line begins with it.</summary>
    /// <param name="line">The line, or what has come of it.</param>
    /// <param name="refusal">Why.</param>
    public void RefuseForMemory(in ReadOnlySequence<byte> line, OperationException refusal)
    {
        hosts.Current.CountLine();
        Span<byte> beginning = stackalloc byte[(int)Math.Min(line.Length, BeginningBytes)];
        line.Slice(0, beginning.Length).CopyTo(beginning);
        CallId id = JsonRpcParser.FindIdOfBeginning(beginning);
        hosts.Current.Replies.Send(id, Error(id, Failure.From(refusal)), null);
    }

    /// <summary>Answers a line that is longer than a message may be.</summary>
    public void RefuseLongLine()
    {
        hosts.Current.CountLine();
        Refuse(new Failure(
            ErrorCode.InvalidRequest,
            "The message is too long.",
            new ErrorDetail("limits.max_message_bytes", Limit: listener.Limits.MaxMessageBytes)));
    }

    private void TakeMessage(ReadOnlyMemory<byte> line, ReceivedLine? copy)
    {
        if (JsonRpcParser.TryReadOne(line, out JsonRpcMessage one))
        {
            hosts.Current.CountLine();
            Take(one, hosts.Current.Replies, inBatch: false, copy);
            return;
        }

        if (IsBlank(line.Span))
        {
            return;
        }

        hosts.Current.CountLine();
        IReadOnlyList<ReadOnlyMemory<byte>> messages;
        bool isBatch;
        try
        {
            messages = JsonRpcParser.Split(line, out isBatch);
        }
        catch (OperationException e)
        {
            Refuse(Failure.From(e));
            if (unmarkedSession && BrokenOffLine.FindRequest(line) is { IsEmpty: false } request)
            {
                // The line is one host's unfinished message and the next host's first request.
                hosts.Start();
                channel.Announce();
                hosts.Current.CountLine();
                TakeRequest(request, hosts.Current.Replies, inBatch: false, copy);
            }

            return;
        }

        JsonRpcSession session = hosts.Current;
        IReplySink replies = session.Replies;
        if (isBatch)
        {
            long answers = BatchReplies.BytesOf(messages.Count);
            if (!memory.TryTake(answers))
            {
                Refuse(Failure.From(memory.Refusal(answers)));
                return;
            }

            replies = new BatchReplies(session.Replies, messages.Count, session.MaxMessageBytes, memory);
        }

        foreach (ReadOnlyMemory<byte> message in messages)
        {
            TakeRequest(message, replies, isBatch, copy);
        }
    }

    private void TakeRequest(ReadOnlyMemory<byte> json, IReplySink replies, bool inBatch, ReceivedLine? copy)
    {
        JsonRpcMessage message;
        try
        {
            message = JsonRpcParser.Read(json);
        }
        catch (OperationException e)
        {
            CallId id = JsonRpcParser.FindId(json);
            replies.Send(id, Error(id, Failure.From(e)), null);
            return;
        }

        Take(message, replies, inBatch, copy);
    }

    private void Take(in JsonRpcMessage message, IReplySink replies, bool inBatch, ReceivedLine? copy)
    {
        if (message.Method is not { } method)
        {
            // Answered without its id, so that it cannot be taken for the reply to a request of the same id.
            replies.Send(CallId.Null, Error(CallId.Null, Invalid("A reply without a request.", "reply")), null);
        }
        else if (method == Hello.Method && !inBatch)
        {
            TakeHello(message);
        }
        else if (hosts.Current is var session && !session.IsFree(message.Id))
        {
            CallId id = message.Id!.Value;
            replies.Send(id, Error(id, Invalid("A request with this id is in flight.", "duplicate_id", "id")), null);
        }
        else
        {
            // The array that answers a batch has no place for a body.
            bool acceptsBody = listener.AcceptsBodies && ReferenceEquals(replies, session.Replies);
            var call = new JsonRpcCall(session, message.Id, replies, acceptsBody) { Trace = message.Trace };
            if (ConversationMessages.TryAnswer(message, session, out Reply reply))
            {
                call.Answer(reply);
                return;
            }

            session.Start(call, method, new JsonArguments(message, copy, memory));
        }
    }

    private void TakeHello(in JsonRpcMessage message)
    {
        Reply reply;
        try
        {
            HelloRequest hello = JsonParameters.Read(message.Params, HelloJson.Default.HelloRequest, "params");
            HelloRules.Check(hello);
            hosts.Start(hello.Session);
            reply = Reply.Of(new HelloResult(hello.Session, listener.Describe()), HelloJson.Default.HelloResult);
        }
        catch (OperationException e)
        {
            reply = Reply.Of(Failure.From(e));
        }

        new JsonRpcCall(hosts.Current, message.Id, hosts.Current.Replies).Answer(reply);
    }

    private void Refuse(Failure failure) =>
        hosts.Current.Replies.Send(CallId.Null, Error(CallId.Null, failure), null);

    private PooledLine Error(CallId id, Failure failure) => JsonRpcLine.Error(id, failure, memory);

    private static Failure Invalid(string sentence, string rule, string? field = null) =>
        new(ErrorCode.InvalidRequest, sentence, new ErrorDetail(rule, field));

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r"u8);
}
