using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Session;
using GuestAgent.Errors;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Notifications;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// One session: sends requests, gives each answer to its caller, and ends everything at once when the connection is gone
/// or the agent breaks the protocol. Loops of its own read, write, listen for silence and see that the agent follows.
/// </summary>
internal sealed class AgentSession : IAsyncDisposable
{
    // What was queued before a dispose, such as the cancel of a command, still goes out when the channel takes it.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly ByteChannel _channel;
    private readonly MessageWriter _writer;
    private readonly RequestIds _ids;
    private readonly PendingCalls _pending = new();
    private readonly CallGate _gate;

    // Never disposed: a call may still end the session when it has ended already.
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<GuestConnectionException> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Task _writing;
    private readonly Task _supervision;

    /// <summary>Starts to serve a session whose hello is answered.</summary>
    public AgentSession(
        AgentDescription agent,
        ByteChannel channel,
        MessageReader reader,
        MessageWriter writer,
        RequestIds ids,
        Feeds feeds,
        CallGate gate,
        string endpoint,
        GuestClientOptions options)
    {
        _gate = gate;
        Agent = agent;
        Endpoint = endpoint;
        Options = options;
        _channel = channel;
        _writer = writer;
        _ids = ids;
        var inbox = new Inbox(reader, _pending, feeds, agent);
        List<Task> loops = [Begin(inbox, options)];
        loops.Add(new Heartbeat(agent, _pending, reader, writer, ids, gate, options).RunAsync(_stop.Token));
        if (SessionQuestion.IsUnderstoodBy(agent))
        {
            loops.Add(new SessionCheck(agent, _pending, writer, ids, gate, options).RunAsync(_stop.Token));
        }

        _writing = writer.RunAsync(_stop.Token);
        _supervision = SuperviseAsync(loops, _writing);
    }

    /// <summary>Who answered hello.</summary>
    public AgentDescription Agent { get; }

    /// <summary>Whom it is with, for those who follow what happens.</summary>
    public string Endpoint { get; }

    /// <summary>Time limits and sizes.</summary>
    public GuestClientOptions Options { get; }

    /// <summary>Completes when the connection has ended, with the reason.</summary>
    public Task<GuestConnectionException> Closed => _closed.Task;

    /// <summary>Why a session has ended that nobody wants any more.</summary>
    public static GuestConnectionException Disposed() =>
        new(ConnectionFailure.Disposed, "The client was disposed.");

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting for room in the queue; then nothing is sent.</param>
    /// <exception cref="GuestConnectionException">The connection has ended; nothing was sent.</exception>
    /// <exception cref="GuestAgentException">The request is longer than the agent accepts.</exception>
    public async Task<PendingCall> SendAsync<T>(Request<T> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        (PendingCall call, Line line) = Prepare(request);
        try
        {
            ValueTask<bool> queued = request.ContentBytes > 0
                ? _writer.EnqueueContentAsync(line, cancellationToken)
                : _writer.EnqueueAsync(line, cancellationToken);
            return await queued.ConfigureAwait(false)
                ? call
                : throw (await Closed.ConfigureAwait(false)).NotSent(request.Method);
        }
        catch (OperationCanceledException)
        {
            _pending.TryRemove(call.Id, out _);
            throw;
        }
    }

    /// <summary>Waits for the answer to a request; who gives up cancels it in the guest.</summary>
    /// <param name="call">The request.</param>
    /// <param name="deadline">Longest wait; null for none. It stands still while the agent waits for a slow
    /// reader.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply> WaitAsync(PendingCall call, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        TimeSpan wait = deadline ?? Timeout.InfiniteTimeSpan;
        bool readerWasSlow = false;
        while (true)
        {
            try
            {
                Reply reply = await call.Reply
                    .WaitAsync(wait, Options.TimeProvider, cancellationToken).ConfigureAwait(false);
                await Acknowledgement.SendAsync(this, call, reply).ConfigureAwait(false);
                return reply;
            }
            catch (TimeoutException)
            {
                // An agent that waits for our reader cannot answer, and needs some time to when that is over.
                bool readerIsSlow = call.Output is { HasUnread: true };
                if (!readerIsSlow && !readerWasSlow)
                {
                    Abandon(call);
                    throw new GuestCallTimeoutException(call.Method, wait);
                }

                readerWasSlow = readerIsSlow;
                wait = Options.HeartbeatDeadline;
            }
            catch (OperationCanceledException)
            {
                Abandon(call);
                throw;
            }
        }
    }

    /// <summary>
    /// Reads an answer, once. One that its contract forbids ends the connection; that the agent stops is a failure of the
    /// connection, as the same call may be good with the next agent.
    /// </summary>
    public T Interpret<T>(PendingCall call, Reply reply, Func<Reply, T> interpret)
    {
        try
        {
            return interpret(reply);
        }
        catch (GuestAgentException e) when (e.Code == ErrorCode.ShuttingDown)
        {
            throw GuestConnectionException.Stopping(e, call.Method, call.IsRepeatable);
        }
        catch (GuestConnectionException e)
        {
            End(e);
            throw;
        }
        finally
        {
            reply.Return();
        }
    }

    /// <summary>
    /// Sends a notification. Completes when it is queued, and never fails: on a connection that has ended there is
    /// nobody to notify.
    /// </summary>
    public async Task PostAsync<T>(string method, T parameters, JsonTypeInfo<T> shape) =>
        await _writer.EnqueueAsync(Line.Call(null, method, parameters, shape), CancellationToken.None)
            .ConfigureAwait(false);

    /// <summary>Asks the agent to cancel a request, which stays pending.</summary>
    public Task PostCancelAsync(CallId id) =>
        PostAsync(Cancel.Method, new CancelRequest(id), CancelJson.Default.CancelRequest);

    /// <summary>
    /// Completes when the agent has read every line that was sent before, and its answers to them are read here. Past the gate.
    /// </summary>
    /// <exception cref="GuestConnectionException">The connection has ended, or the agent does not follow it any more.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        SessionQuestion question =
            await SessionQuestion.AskAsync(Agent, _pending, _writer, _ids, cancellationToken).ConfigureAwait(false);
        try
        {
            await question.IsAnsweredAsync(Timeout.InfiniteTimeSpan, Options.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (GuestConnectionException e)
        {
            End(e);
            throw;
        }
    }

    /// <summary>Ends the connection at once: every pending call fails.</summary>
    public void End(GuestConnectionException reason)
    {
        Close(reason);
        _stop.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close(Disposed());
        _stop.CancelAfter(LastWords);
        await _supervision.ConfigureAwait(false);
    }

    /// <summary>Ends the attach of a process that ends: waits for what was queued to go out, and for nothing else.</summary>
    public async Task LeaveAsync()
    {
        Close(Disposed());
        if (!_writing.IsCompleted)
        {
            _stop.CancelAfter(LastWords);
            await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // From behind the gate, which is left again when the request is not pending any more.
    private (PendingCall Call, Line Line) Prepare<T>(Request<T> request)
    {
        try
        {
            CallId id = _ids.Next();
            string? trace = HostDiagnostics.TraceParent(Options);
            Line line = Line.Call(id, request.Method, request.Parameters, request.Shape, request.ContentBytes, trace);
            int length = line.Length - 1;
            if (length > Agent.Limits.MaxMessageBytes)
            {
                throw new GuestAgentException(
                    ErrorCode.TooLarge,
                    $"The request is {length} bytes long; the agent accepts {Agent.Limits.MaxMessageBytes}.",
                    new ErrorDetail("limits.max_message_bytes", Limit: Agent.Limits.MaxMessageBytes));
            }

            var call = new PendingCall(id, request.Method, request.IsRepeatable, request.Output)
            {
                Gate = _gate,
                Forward = request.Forward,
            };
            _pending.Add(call);
            return (call, line);
        }
        catch
        {
            _gate.Leave();
            throw;
        }
    }

    // Away from the caller either way; where reading is waiting, on a thread of its own, which the pool must not miss.
    private Task Begin(Inbox inbox, GuestClientOptions options) => options.ReadsByWaiting
        ? Task.Factory.StartNew(
            () => inbox.RunAsync(_stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default).Unwrap()
        : Task.Run(() => inbox.RunAsync(_stop.Token));

    private void Close(GuestConnectionException reason)
    {
        if (_closed.TrySetResult(reason))
        {
            _pending.FailAll(reason);
            _writer.Complete();
        }
    }

    private void Abandon(PendingCall call)
    {
        if (_pending.TryRemove(call.Id, out _))
        {
            _ = PostCancelAsync(call.Id);
        }
    }

    private async Task SuperviseAsync(List<Task> loops, Task writing)
    {
        Task first = await Task.WhenAny([.. loops, writing]).ConfigureAwait(false);
        if (Closed.IsCompleted)
        {
            // The loops end one after another; what was queued still goes out.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Close(GuestConnectionException.From(
            first.Exception?.InnerException ?? new OperationCanceledException("it was ended.")));
        await _stop.CancelAsync().ConfigureAwait(false);
        await _channel.AbortAsync().ConfigureAwait(false);
        await Task.WhenAll([.. loops, writing]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Complete(writing.IsCompletedSuccessfully ? null : await Closed.ConfigureAwait(false));
    }
}
