using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Dispatch;
using GuestAgent.Framing;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The life of one connection of the native dialect: from the announcement to the last answer.</summary>
internal sealed partial class JsonRpcConversation
{
    private readonly ConnectionContext _connection;
    private readonly ListenerProfile _listener;
    private readonly ILogger _logger;
    private readonly OutboundLanes _lanes;
    private readonly JsonRpcChannel _channel;
    private readonly CallAdmission _admission;
    private readonly HostSessions<JsonRpcSession> _hosts;
    private readonly JsonRpcReceiver _receiver;
    private readonly LineFramer _framer;
    private readonly UnfinishedMessage _unfinished;

    /// <summary>Prepares the conversation on <paramref name="connection"/>.</summary>
    public JsonRpcConversation(
        ConnectionContext connection, ListenerProfile listener, Dispatcher dispatcher, MemoryShare memory, ILogger logger)
    {
        _connection = connection;
        _listener = listener;
        _logger = logger;
        _framer = new LineFramer(listener.Limits.MaxMessageBytes);
        _lanes = new OutboundLanes(connection.Transport.Output, listener.Limits.MaxUnreadReplyBytes, memory, OnOverrun);
        _unfinished = new UnfinishedMessage(memory, connection.Transport.Input.CancelPendingRead);
        _admission = new CallAdmission(listener, dispatcher, memory, Peer.Of(connection));
        _channel = new JsonRpcChannel(_lanes, listener, _admission, connection);
        _hosts = new HostSessions<JsonRpcSession>(_channel);
        IUnmarkedSessionFeature? unmarked = connection.Features.Get<IUnmarkedSessionFeature>();
        _receiver = new JsonRpcReceiver(_hosts, _channel, listener, memory, unmarked is not null);
        if (unmarked is not null)
        {
            unmarked.HostChanged = _hosts.HostChanged;
        }
    }

    private TimeSpan DrainTime => TimeSpan.FromSeconds(_listener.Limits.DrainSeconds);

    /// <summary>Talks until the host goes, or the agent stops.</summary>
    public async Task RunAsync()
    {
        CancellationToken stopping =
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        _channel.Announce();
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
            Lost(_listener.Settings.Name, e.Message);
        }

        _unfinished.Release();
        await _hosts.EndAsync();
        _lanes.Close();
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        PipeReader input = _connection.Transport.Input;
        bool isAtEnd;
        do
        {
            ReadResult read = await input.ReadAsync(stopping);
            ReadOnlySequence<byte> buffer = read.Buffer;
            ReceivedLine? longLine = null;
            _framer.MaxLineBytes = _listener.Limits.MaxMessageBytes;
            while (longLine is null
                && _framer.TryRead(ref buffer, out ReadOnlySequence<byte> line) is var status and not LineStatus.NeedMore)
            {
                if (status == LineStatus.TooLong)
                {
                    _receiver.RefuseLongLine();
                }
                else if (line.Length > JsonRpcReceiver.LongLineBytes)
                {
                    longLine = _receiver.TryCopy(line);
                }
                else
                {
                    _receiver.TakeLine(line);
                    await _admission.WhenRoomAsync().WaitAsync(stopping);
                }
            }

            isAtEnd = read.IsCompleted && longLine is null;
            if (longLine is not null)
            {
                // The transport has its memory back before anything is made of the copy.
                input.AdvanceTo(buffer.Start);
                _unfinished.Release();
                _receiver.TakeCopy(longLine);
                await _admission.WhenRoomAsync().WaitAsync(stopping);
            }
            else
            {
                if (!_unfinished.TryHold(buffer.Length))
                {
                    _receiver.RefuseForMemory(buffer, _unfinished.Refusal(buffer.Length));
                    _framer.SkipLine(ref buffer);
                }

                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        while (!isAtEnd);
    }

    // A host that has only closed its sending side still waits for its answers.
    private async Task EndOfInputAsync()
    {
        if (await HostPresence.WaitAsync(_connection, _hosts.Current.DrainAsync()))
        {
            await Bounded.CompletesAsync(_lanes.WhenIdleAsync(), DrainTime);
        }
    }

    // The agent stops: what is in flight may finish, then it is ended; either way it is answered.
    private async Task StopAsync()
    {
        Stopping(_listener.Settings.Name);
        await Bounded.CompletesAsync(_hosts.Current.DrainAsync(), DrainTime);
        _hosts.Current.StopAll();
        await _hosts.Current.DrainAsync();
        await Bounded.CompletesAsync(_lanes.WhenIdleAsync(), DrainTime);
    }

    private void OnOverrun()
    {
        Overrun(_listener.Settings.Name, _listener.Limits.MaxUnreadReplyBytes);
        _connection.Abort(new ConnectionAbortedException("The host does not read its replies."));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: no more requests are taken, the agent is stopping")]
    private partial void Stopping(string listener);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: connection lost: {Reason}")]
    private partial void Lost(string listener, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Listener}: the host does not read its replies, of which {Bytes} bytes may wait, or fewer where memory is short; connection ended")]
    private partial void Overrun(string listener, int bytes);
}
