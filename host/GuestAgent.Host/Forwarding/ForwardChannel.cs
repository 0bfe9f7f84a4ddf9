using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Forward;
using GuestAgent.Host.Commands;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Forwarding;

/// <summary>One forwarded connection: bytes both ways, each direction with an end of its own.</summary>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing, and a late write may still come.
internal sealed class ForwardChannel : IForwardEvents
#pragma warning restore CA1001
{
    // Large enough to be few messages, small enough for others to get through between two.
    private const int PieceBytes = 64 * 1024;

    // Around the base64 of a piece: the envelope with two ids.
    private const int EnvelopeBytes = 512;

    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly CommandOutput _input;
    private readonly OpenForwards _forwards;
    private readonly SendWindow _window;
    private readonly int _windowBytes;
    private AgentSession? _session;
    private PendingCall? _call;
    private Task<ForwardResult>? _completion;
    private ReadOnlyMemory<byte> _rest;
    private int _owed;
    private volatile bool _hasEnded;

    private ForwardChannel(OpenForwards forwards, int windowBytes)
    {
        _forwards = forwards;
        _windowBytes = windowBytes;
        _input = new CommandOutput(windowBytes);
        _window = new SendWindow(forwards);
    }

    /// <summary>Completes when both directions have ended; faults when the connection was cut off.</summary>
    public Task<ForwardResult> Completion => _completion!;

    /// <summary>Where it leads to, when it stands.</summary>
    public string Address => _ready.Task.IsCompletedSuccessfully ? _ready.Task.Result : "";

    /// <summary>Connects.</summary>
    /// <param name="link">The way to the guest, or the session that it must be.</param>
    /// <param name="forwards">Counts connections.</param>
    /// <param name="request">Makes the request of the window.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ForwardChannel> OpenAsync(
        GuestLink link, OpenForwards forwards, Func<int, ForwardOpenRequest> request, CancellationToken cancellationToken)
    {
        var channel = new ForwardChannel(forwards, link.Options.OutputWindowBytes);
        (AgentSession session, PendingCall call) = await link
            .SendAsync(
                new Request<ForwardOpenRequest>(
                    ForwardOpen.Contract.Name, request(channel._windowBytes), ForwardOpen.Contract.Request, false, null, Forward: channel),
                cancellationToken)
            .ConfigureAwait(false);
        channel.Begin(session, call);
        await channel.WhenReadyAsync(cancellationToken).ConfigureAwait(false);
        return channel;
    }

    /// <summary>Takes what has come to a listener.</summary>
    public static async Task<ForwardChannel> AcceptAsync(
        AgentSession session,
        OpenForwards forwards,
        Func<int, ForwardAcceptRequest> request,
        CancellationToken cancellationToken)
    {
        var channel = new ForwardChannel(forwards, session.Options.OutputWindowBytes);
        PendingCall call = await session
            .SendAsync(
                new Request<ForwardAcceptRequest>(
                    ForwardAccept.Contract.Name, request(channel._windowBytes), ForwardAccept.Contract.Request, false, null, Forward: channel),
                cancellationToken)
            .ConfigureAwait(false);
        channel.Begin(session, call);
        return channel;
    }

    /// <summary>Reads what is there, waiting for it; 0 behind the other end's last byte.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.IsEmpty)
        {
            if (await _input.TakeAsync(cancellationToken).ConfigureAwait(false) is not { } chunk)
            {
                if (!_hasEnded)
                {
                    await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                return 0;
            }

            _rest = chunk.Data;
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        await GrantAsync(count).ConfigureAwait(false);
        return count;
    }

    /// <summary>Writes; completes when the bytes are on their way and few enough are.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        int most = Math.Min(PieceBytes, (_session!.Agent.Limits.MaxMessageBytes - EnvelopeBytes) / 4 * 3);
        for (ReadOnlyMemory<byte> rest = data; !rest.IsEmpty;)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, Math.Min(most, _forwards.WindowBytes))];
            await SendAsync(piece, isLast: false, cancellationToken).ConfigureAwait(false);
            rest = rest[piece.Length..];
        }
    }

    /// <summary>Ends what is written: the other end reads an end of file behind it. Completes when it has all of it.</summary>
    public async Task CompleteWritesAsync(CancellationToken cancellationToken) =>
        await (await SendAsync(default, isLast: true, cancellationToken).ConfigureAwait(false)).WaitAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Cuts the connection off unless it has ended.</summary>
    public async Task AbandonAsync()
    {
        _call!.GiveUp();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Accept(ForwardReady ready) => _ready.TrySetResult(ready.Address);

    /// <inheritdoc/>
    public void Accept(ForwardData data)
    {
        if (_hasEnded)
        {
            throw GuestConnectionException.Violation("a forwarded connection goes on behind its end.");
        }

        _input.Accept(new ExecOutput(data.Id, OutputChannel.Stdout, data.Offset, data.Data));
        if (data.Eof)
        {
            _hasEnded = true;
            _input.Complete();
        }
    }

    /// <inheritdoc/>
    public void Accept(ForwardIncoming incoming) => throw GuestConnectionException.Violation("a connection came to a connection.");

    private void Begin(AgentSession session, PendingCall call)
    {
        _session = session;
        _call = call;
        _forwards.Enter();
        _completion = CompleteAsync(session, call);
        // Looked at here, as nobody else has to.
        _ = _completion.ContinueWith(
            static ended => ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task WhenReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await Task.WhenAny(_ready.Task, Completion).WaitAsync(cancellationToken).ConfigureAwait(false) == Completion)
            {
                await Completion.ConfigureAwait(false);
            }
        }
        catch
        {
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ForwardResult> CompleteAsync(AgentSession session, PendingCall call)
    {
        Exception end = new InvalidOperationException("The connection has ended.");
        try
        {
            Reply reply = await session.WaitAsync(call, null, CancellationToken.None).ConfigureAwait(false);
            return session.Interpret(call, reply, static answer => answer.Read(ForwardOpen.Contract.Result));
        }
        catch (Exception e)
        {
            end = e;
            throw;
        }
        finally
        {
            _forwards.Leave();
            _window.Fail(end);
            _input.Complete();
            await _over.CancelAsync().ConfigureAwait(false);
        }
    }

    // Half a window at a time: the agent never runs dry, and not every piece costs a message.
    private async ValueTask GrantAsync(int taken)
    {
        _owed += taken;
        if (_owed >= _windowBytes / 2 && !_hasEnded && !Completion.IsCompleted)
        {
            int grant = _owed;
            _owed = 0;
            _input.Grant(grant);
            await _session!.PostAsync(
                ForwardCredit.Contract.Name, new ForwardCreditRequest(_call!.Id, grant), ForwardCredit.Contract.Request)
                .ConfigureAwait(false);
        }
    }

    // The answer, which comes when the guest's kernel has taken the bytes.
    private async Task<Task> SendAsync(ReadOnlyMemory<byte> piece, bool isLast, CancellationToken cancellationToken)
    {
        await _window.TakeAsync(piece.Length, cancellationToken).ConfigureAwait(false);
        try
        {
            var request = new Request<ForwardWriteRequest>(
                ForwardWrite.Contract.Name,
                new ForwardWriteRequest(_call!.Id, piece, isLast),
                ForwardWrite.Contract.Request,
                IsRepeatable: false,
                Deadline: null,
                // The end too: it must not overtake what it is the end of.
                ContentBytes: EnvelopeBytes + (piece.Length / 3 * 4));
            return FollowAsync(await _session!.SendAsync(request, cancellationToken).ConfigureAwait(false), piece.Length);
        }
        catch (OperationCanceledException)
        {
            _window.Release(piece.Length);
            throw;
        }
    }

    private async Task FollowAsync(PendingCall call, int bytes)
    {
        try
        {
            Reply reply = await _session!.WaitAsync(call, null, _over.Token).ConfigureAwait(false);
            _session.Interpret(call, reply, static answer => answer.Read(ForwardWrite.Contract.Result));
            _window.Release(bytes);
        }
        catch (Exception e) when (e is GuestException or OperationCanceledException)
        {
            _window.Fail(e);
        }
    }
}
