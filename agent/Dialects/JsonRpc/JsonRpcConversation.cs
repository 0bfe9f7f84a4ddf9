using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Session;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Connections;
using GuestAgent.Wire.JsonRpc;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>
/// One connection of the native dialect: reads lines, starts a call for each request without waiting for the one before,
/// and answers each when it is done.
/// </summary>
internal sealed partial class JsonRpcConversation
{
    // The kernel tells of a host that has gone within some ten milliseconds of the next one's first bytes.
    private static readonly TimeSpan FormerHostAge = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionContext _connection;
    private readonly ListenerProfile _listener;
    private readonly Dispatcher _dispatcher;
    private readonly ILogger _logger;
    private readonly Caller _caller;
    private readonly OutboundLanes _lanes;
    private readonly DirectReplies _direct;
    private readonly LineFramer _framer;
    private readonly bool _unmarkedAttach;
    private readonly List<Task> _leaving = [];
    private volatile JsonRpcAttach _attach;

    private TimeSpan DrainTime => TimeSpan.FromSeconds(_listener.Limits.DrainSeconds);

    /// <summary>Prepares the conversation on <paramref name="connection"/>.</summary>
    public JsonRpcConversation(
        ConnectionContext connection, ListenerProfile listener, Dispatcher dispatcher, ILogger logger)
    {
        _connection = connection;
        _listener = listener;
        _dispatcher = dispatcher;
        _logger = logger;
        _caller = new Caller(listener.Settings.Name, Peer.Of(connection), listener.Operations);
        _lanes = new OutboundLanes(connection.Transport.Output, listener.Limits.MaxUnreadReplyBytes, OnOverrun);
        _direct = new DirectReplies(_lanes);
        _framer = new LineFramer(listener.Limits.MaxMessageBytes);
        _attach = NewAttach();
        if (connection.Features.Get<IUnmarkedAttachFeature>() is { } unmarked)
        {
            _unmarkedAttach = true;
            unmarked.HostChanged = OnHostChanged;
        }
    }

    /// <summary>Talks until the host goes, or the agent stops.</summary>
    public async Task RunAsync()
    {
        CancellationToken stopping =
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        Announce();
        try
        {
            await ReadAsync(stopping);
            await EndOfInputAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await StopAsync();
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            Lost(_caller.Listener, e.Message);
        }

        _attach.End();
        await Task.WhenAll([.. _leaving, _attach.DrainAsync()]);
        _lanes.Close();
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        PipeReader input = _connection.Transport.Input;
        ReadResult read;
        do
        {
            read = await input.ReadAsync(stopping);
            ReadOnlySequence<byte> buffer = read.Buffer;
            for (LineStatus status; (status = _framer.TryRead(ref buffer, out ReadOnlySequence<byte> line)) != LineStatus.NeedMore;)
            {
                if (status == LineStatus.TooLong)
                {
                    Refuse(TooLong());
                }
                else
                {
                    TakeLine(line);
                }
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
        while (!read.IsCompleted);
    }

    // A host that has only closed its sending side still waits for its answers.
    private async Task EndOfInputAsync()
    {
        if (await HostPresence.WaitAsync(_connection, _attach.DrainAsync()))
        {
            await Bounded.CompletesAsync(_lanes.WhenIdleAsync(), DrainTime);
        }
    }

    // The agent stops: what is in flight may finish, then it is cancelled; either way it is answered.
    private async Task StopAsync()
    {
        Stopping(_caller.Listener);
        await Bounded.CompletesAsync(_attach.DrainAsync(), DrainTime);
        _attach.CancelAll();
        await _attach.DrainAsync();
        await Bounded.CompletesAsync(_lanes.WhenIdleAsync(), DrainTime);
    }

    private void TakeLine(ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            TakeMessage(line.First);
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent((int)line.Length);
        line.CopyTo(rented);
        TakeMessage(rented.AsMemory(0, (int)line.Length));
        ArrayPool<byte>.Shared.Return(rented);
    }

    private void TakeMessage(ReadOnlyMemory<byte> line)
    {
        if (IsBlank(line.Span))
        {
            return;
        }

        IReadOnlyList<ReadOnlyMemory<byte>> messages;
        bool isBatch;
        try
        {
            messages = JsonRpcParser.Split(line, out isBatch);
        }
        catch (OperationException e)
        {
            Refuse(Failure.From(e));
            if (_unmarkedAttach && BrokenOffLine.FindRequest(line) is { IsEmpty: false } request)
            {
                // The line is one host's unfinished message and the next host's first request.
                StartAttach();
                Announce();
                TakeRequest(request, _direct, inBatch: false);
            }

            return;
        }

        IReplySink replies = isBatch ? new BatchReplies(_lanes, messages.Count) : _direct;
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            TakeRequest(message, replies, isBatch);
        }
    }

    private void TakeRequest(ReadOnlyMemory<byte> json, IReplySink replies, bool inBatch)
    {
        JsonRpcMessage message;
        try
        {
            message = JsonRpcParser.Read(json);
        }
        catch (OperationException e)
        {
            replies.Send(JsonRpcLine.Error(JsonRpcParser.FindId(json), Failure.From(e)), null);
            return;
        }

        if (message.Method is not { } method)
        {
            // Answered without its id, so that it cannot be taken for the reply to a request of the same id.
            replies.Send(JsonRpcLine.Error(CallId.Null, Invalid("A reply without a request.", "reply")), null);
        }
        else if (method == Hello.Method && !inBatch)
        {
            TakeHello(message);
        }
        else if (message.Id is { } id && _attach.Find(id) is not null)
        {
            replies.Send(JsonRpcLine.Error(id, Invalid("A request with this id is in flight.", "duplicate_id", "id")), null);
        }
        else
        {
            Start(method, message, replies);
        }
    }

    private void Start(string method, JsonRpcMessage message, IReplySink replies)
    {
        JsonRpcAttach attach = _attach;
        var call = new JsonRpcCall(attach, message.Id, replies);
        if (method == Cancel.Method)
        {
            call.Answer(TakeCancel(message));
            return;
        }

        // What goes on with a running command must get through when commands take all places.
        if (attach.Count >= _listener.Limits.MaxConcurrentRequests && !_dispatcher.Continues(method))
        {
            call.Answer(Reply.Of(new Failure(
                ErrorCode.Busy,
                "Too many requests are in flight on this connection.",
                new ErrorDetail("limits.max_concurrent_requests", Limit: _listener.Limits.MaxConcurrentRequests))));
            return;
        }

        var context = new CallContext(_caller, attach, message.Id ?? CallId.Null, call);
        ValueTask<Reply> running =
            _dispatcher.InvokeAsync(method, new JsonArguments(message.Params), context, call.Cancelled);
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

    private static async Task AnswerWhenDoneAsync(JsonRpcAttach attach, JsonRpcCall call, ValueTask<Reply> running)
    {
        Reply reply = await running;
        // The id is free before the host can read the answer; the drain is over only when it has been sent.
        attach.Release(call);
        call.Answer(reply);
        attach.Remove(call);
    }

    private Reply TakeCancel(JsonRpcMessage message)
    {
        try
        {
            CancelRequest request = new JsonArguments(message.Params).Read(CancelJson.Default.CancelRequest);
            JsonRpcCall? call = _attach.Find(request.Id);
            call?.Cancel();
            return Reply.Of(new CancelResult(call is not null), CancelJson.Default.CancelResult);
        }
        catch (OperationException e)
        {
            return Reply.Of(Failure.From(e));
        }
    }

    private void TakeHello(JsonRpcMessage message)
    {
        Reply reply;
        try
        {
            HelloRequest hello = new JsonArguments(message.Params).Read(HelloJson.Default.HelloRequest);
            HelloRules.Check(hello);
            StartAttach();
            reply = Reply.Of(new HelloResult(hello.Session, _listener.Describe()), HelloJson.Default.HelloResult);
        }
        catch (OperationException e)
        {
            reply = Reply.Of(Failure.From(e));
        }

        new JsonRpcCall(_attach, message.Id, _direct).Answer(reply);
    }

    private void StartAttach()
    {
        _attach.End();
        _lanes.Clear();
        // Its commands may take their grace to end; the connection outlives them.
        _leaving.RemoveAll(task => task.IsCompleted);
        _leaving.Add(_attach.DrainAsync());
        _attach = NewAttach();
    }

    private JsonRpcAttach NewAttach() => new(_lanes, _listener.Limits.MaxMessageBytes);

    private void Announce()
    {
        if (_listener.Settings.Announce)
        {
            _lanes.PostReply(JsonRpcLine.Notification(
                AgentReady.Event.Name, _listener.Describe(), AgentReady.Event.Shape));
        }
    }

    private void Refuse(Failure failure) => _lanes.PostReply(JsonRpcLine.Error(CallId.Null, failure));

    // The transport has seen another host come, perhaps after its first request. What has been in flight for longer is
    // the former host's.
    private void OnHostChanged()
    {
        _lanes.DropOlderThan(FormerHostAge);
        _attach.AbandonOlderThan(FormerHostAge);
        Announce();
    }

    private void OnOverrun()
    {
        Overrun(_caller.Listener, _listener.Limits.MaxUnreadReplyBytes);
        _connection.Abort(new ConnectionAbortedException("The host does not read its replies."));
    }

    private Failure TooLong() => new(
        ErrorCode.InvalidRequest,
        "The message is too long.",
        new ErrorDetail("limits.max_message_bytes", Limit: _listener.Limits.MaxMessageBytes));

    private static Failure Invalid(string sentence, string rule, string? field = null) =>
        new(ErrorCode.InvalidRequest, sentence, new ErrorDetail(rule, field));

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r"u8);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: no more requests are taken, the agent is stopping")]
    private partial void Stopping(string listener);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: connection lost: {Reason}")]
    private partial void Lost(string listener, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Listener}: the host does not read; more than {Bytes} bytes of replies wait; connection ended")]
    private partial void Overrun(string listener, int bytes);
}
