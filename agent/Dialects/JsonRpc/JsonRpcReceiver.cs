using System.Buffers;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Session;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Makes calls of lines: starts each request without waiting for the one before, and answers each when it is done.</summary>
/// <param name="attaches">The hosts of the connection.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="dispatcher">Runs operations.</param>
/// <param name="peer">What the transport knows of the host.</param>
/// <param name="unmarkedAttach">Whether a line may hold the bytes of two hosts.</param>
internal sealed class JsonRpcReceiver(
    JsonRpcAttaches attaches,
    ListenerProfile listener,
    Dispatcher dispatcher,
    string peer,
    bool unmarkedAttach)
{
    private readonly StartQueue _starts = new();
    private Caller _caller = new(listener.Settings.Name, peer, listener.Operations, listener.Settings.IsNewForEachHost);

    /// <summary>Takes one line; what it asks for begins in the order in which lines come.</summary>
    public void TakeLine(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            TakeMessage(line.First, null);
            return;
        }

        var copy = new ReceivedLine(line);
        TakeMessage(copy.Memory, copy);
        copy.Release();
    }

    /// <summary>
    /// Completes when another line may be taken: at once, unless what waits to be started keeps much memory. Then a host
    /// that sends faster than the guest's disk writes has to wait.
    /// </summary>
    public Task WhenRoomAsync() => _starts.WhenRoomAsync();

    /// <summary>Answers a line that is longer than a message may be.</summary>
    public void RefuseLongLine()
    {
        attaches.Current.CountLine();
        Refuse(new Failure(
            ErrorCode.InvalidRequest,
            "The message is too long.",
            new ErrorDetail("limits.max_message_bytes", Limit: listener.Limits.MaxMessageBytes)));
    }

    private void TakeMessage(ReadOnlyMemory<byte> line, ReceivedLine? copy)
    {
        if (JsonRpcParser.TryReadOne(line, out JsonRpcMessage one))
        {
            attaches.Current.CountLine();
            Take(one, attaches.Current.Replies, inBatch: false, copy);
            return;
        }

        if (IsBlank(line.Span))
        {
            return;
        }

        attaches.Current.CountLine();
        IReadOnlyList<ReadOnlyMemory<byte>> messages;
        bool isBatch;
        try
        {
            messages = JsonRpcParser.Split(line, out isBatch);
        }
        catch (OperationException e)
        {
            Refuse(Failure.From(e));
            if (unmarkedAttach && BrokenOffLine.FindRequest(line) is { IsEmpty: false } request)
            {
                // The line is one host's unfinished message and the next host's first request.
                attaches.Start();
                attaches.Announce();
                attaches.Current.CountLine();
                TakeRequest(request, attaches.Current.Replies, inBatch: false, copy);
            }

            return;
        }

        JsonRpcAttach attach = attaches.Current;
        IReplySink replies =
            isBatch ? new BatchReplies(attach.Replies, messages.Count, attach.MaxMessageBytes) : attach.Replies;
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
            replies.Send(id, JsonRpcLine.Error(id, Failure.From(e)), null);
            return;
        }

        Take(message, replies, inBatch, copy);
    }

    private void Take(in JsonRpcMessage message, IReplySink replies, bool inBatch, ReceivedLine? copy)
    {
        if (message.Method is not { } method)
        {
            // Answered without its id, so that it cannot be taken for the reply to a request of the same id.
            replies.Send(CallId.Null, JsonRpcLine.Error(CallId.Null, Invalid("A reply without a request.", "reply")), null);
        }
        else if (method == Hello.Method && !inBatch)
        {
            TakeHello(message);
        }
        else if (message.Id is { } id && attaches.Current.Find(id) is not null)
        {
            replies.Send(id, JsonRpcLine.Error(id, Invalid("A request with this id is in flight.", "duplicate_id", "id")), null);
        }
        else
        {
            Start(method, message, replies, copy);
        }
    }

    private void Start(string method, in JsonRpcMessage message, IReplySink replies, ReceivedLine? copy)
    {
        JsonRpcAttach attach = attaches.Current;
        var call = new JsonRpcCall(attach, message.Id, replies);
        if (ConversationMessages.TryAnswer(message, attach, out Reply reply))
        {
            call.Answer(reply);
            return;
        }

        // What goes on with a running command must get through when commands take all places.
        if (attach.Count >= listener.Limits.MaxConcurrentRequests && !dispatcher.Continues(method))
        {
            call.Answer(Reply.Of(new Failure(
                ErrorCode.Busy,
                "Too many requests are in flight on this connection.",
                new ErrorDetail("limits.max_concurrent_requests", Limit: listener.Limits.MaxConcurrentRequests))));
            return;
        }

        // What a listener serves may change while it has connections; a call keeps what it began with.
        if (!ReferenceEquals(_caller.Operations, listener.Operations))
        {
            _caller = _caller with { Operations = listener.Operations };
        }

        // The array that answers a batch has no place for attached bytes.
        bool takesAttached = _caller.TakesAttached && ReferenceEquals(replies, attach.Replies);
        var context = new CallContext(_caller, attach, message.Id ?? CallId.Null, call, call, takesAttached);
        if (dispatcher.MayBlock(method) || (_starts.IsBusy && !dispatcher.IsProbe(method)))
        {
            attach.Add(call);
            StartLater(method, message.Params, copy, context, attach, call);
            return;
        }

        ValueTask<Reply> running =
            dispatcher.InvokeAsync(method, new JsonArguments(message.Params), context, call.Cancelled);
        if (running.IsCompleted)
        {
            call.Answer(running.Result);
        }
        else
        {
            attach.Add(call);
            _ = AnswerWhenDoneAsync(attach, call, running);
        }
    }

    private void StartLater(
        string method,
        ReadOnlyMemory<byte> parameters,
        ReceivedLine? copy,
        CallContext context,
        JsonRpcAttach attach,
        JsonRpcCall call)
    {
        // The transport's memory is gone by then.
        if (copy is null)
        {
            copy = new ReceivedLine(new ReadOnlySequence<byte>(parameters));
            parameters = copy.Memory;
        }
        else
        {
            copy.Hold();
        }

        _starts.Post(
            () =>
            {
                var arguments = new JsonArguments(parameters);
                _ = AnswerWhenDoneAsync(attach, call, dispatcher.InvokeAsync(method, arguments, context, call.Cancelled));
                copy.Release();
            },
            parameters.Length);
    }

    private static async Task AnswerWhenDoneAsync(JsonRpcAttach attach, JsonRpcCall call, ValueTask<Reply> running)
    {
        Reply reply = await running;
        // The id is free before the host can read the answer; the drain is over only when it has been sent.
        attach.Release(call);
        call.Answer(reply);
        attach.Remove(call);
    }

    private void TakeHello(in JsonRpcMessage message)
    {
        Reply reply;
        try
        {
            HelloRequest hello = new JsonArguments(message.Params).Read(HelloJson.Default.HelloRequest);
            HelloRules.Check(hello);
            attaches.Start(hello.Session);
            reply = Reply.Of(new HelloResult(hello.Session, listener.Describe()), HelloJson.Default.HelloResult);
        }
        catch (OperationException e)
        {
            reply = Reply.Of(Failure.From(e));
        }

        new JsonRpcCall(attaches.Current, message.Id, attaches.Current.Replies).Answer(reply);
    }

    private void Refuse(Failure failure) =>
        attaches.Current.Replies.Send(CallId.Null, JsonRpcLine.Error(CallId.Null, failure), null);

    private static Failure Invalid(string sentence, string rule, string? field = null) =>
        new(ErrorCode.InvalidRequest, sentence, new ErrorDetail(rule, field));

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r"u8);
}
