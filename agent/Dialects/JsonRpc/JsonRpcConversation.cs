using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Dispatch;
using GuestAgent.Framing;
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
    private readonly JsonRpcAttaches _attaches;
    private readonly JsonRpcReceiver _receiver;
    private readonly LineFramer _framer;

    /// <summary>Prepares the conversation on <paramref name="connection"/>.</summary>
    public JsonRpcConversation(
        ConnectionContext connection, ListenerProfile listener, Dispatcher dispatcher, ILogger logger)
    {
        _connection = connection;
        _listener = listener;
        _logger = logger;
        _framer = new LineFramer(listener.Limits.MaxMessageBytes);
        _lanes = new OutboundLanes(connection.Transport.Output, listener.Limits.MaxUnreadReplyBytes, OnOverrun);
        _attaches = new JsonRpcAttaches(_lanes, listener, connection);
        IUnmarkedAttachFeature? unmarked = connection.Features.Get<IUnmarkedAttachFeature>();
        _receiver = new JsonRpcReceiver(
            _attaches, listener, dispatcher, Peer.Of(connection), unmarked is not null);
        if (unmarked is not null)
        {
            unmarked.HostChanged = _attaches.HostChanged;
        }
    }

    private TimeSpan DrainTime => TimeSpan.FromSeconds(_listener.Limits.DrainSeconds);

    /// <summary>Talks until the host goes, or the agent stops.</summary>
    public async Task RunAsync()
    {
        CancellationToken stopping =
            _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        _attaches.Announce();
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

        await _attaches.EndAsync();
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
            _framer.MaxLineBytes = _listener.Limits.MaxMessageBytes;
            while (_framer.TryRead(ref buffer, out ReadOnlySequence<byte> line) is var status and not LineStatus.NeedMore)
            {
                if (status == LineStatus.TooLong)
                {
                    _receiver.RefuseLongLine();
                }
                else
                {
                    _receiver.TakeLine(line);
                    await _receiver.WhenRoomAsync().WaitAsync(stopping);
                }
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
        while (!read.IsCompleted);
    }

    // A host that has only closed its sending side still waits for its answers.
    private async Task EndOfInputAsync()
    {
        if (await HostPresence.WaitAsync(_connection, _attaches.Current.DrainAsync()))
        {
            await Bounded.CompletesAsync(_lanes.WhenIdleAsync(), DrainTime);
        }
    }

    // The agent stops: what is in flight may finish, then it is cancelled; either way it is answered.
    private async Task StopAsync()
    {
        Stopping(_listener.Settings.Name);
        await Bounded.CompletesAsync(_attaches.Current.DrainAsync(), DrainTime);
        _attaches.Current.CancelAll();
        await _attaches.Current.DrainAsync();
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
        Message = "{Listener}: the host does not read; more than {Bytes} bytes of replies wait; connection ended")]
    private partial void Overrun(string listener, int bytes);
}
