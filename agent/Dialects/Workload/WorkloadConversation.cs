using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Wire.Workload;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Dialects.Workload;

/// <summary>
/// The life of one connection: a request is read, its program runs and ends with it, or earlier when the host goes or says
/// so. The result ends the connection.
/// </summary>
internal sealed partial class WorkloadConversation(
    ConnectionContext connection, ListenerProfile listener, Dispatcher dispatcher, MemoryShare memory, ILogger logger)
    : IDisposable
{
    private readonly Session _session = new(
        new CallAdmission(listener, dispatcher, memory, Peer.Of(connection)),
        push: null,
        static _ => Task.CompletedTask);
    private readonly WorkloadMemory _memory = new(memory);
    private readonly UnfinishedMessage _unfinished = new(memory, connection.Transport.Input.CancelPendingRead);
    private readonly CancellationToken _stopping =
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    private OperationException? _refusal;

    private int MaxFrameBytes => Math.Min(WorkloadWire.MaxFrameBytes, listener.Limits.MaxMessageBytes);

    private TimeSpan DrainTime => TimeSpan.FromSeconds(listener.Limits.DrainSeconds);

    /// <summary>Serves until the result is sent, or the host is gone.</summary>
    public async Task RunAsync()
    {
        var lanes = new OutboundLanes(connection.Transport.Output, listener.Limits.MaxUnreadReplyBytes, memory, GiveUp);
        try
        {
            await ServeAsync(lanes);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The agent stops, and nothing was asked yet.
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            Lost(listener.Settings.Name, e.Message);
        }

        lanes.Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unfinished.Release();
        _memory.ReturnAll();
        _session.End();
    }

    private async Task ServeAsync(OutboundLanes lanes)
    {
        (FrameStatus status, ReadOnlySequence<byte> frame, uint length) = await ReadFrameAsync(_stopping);
        if (status == FrameStatus.NeedMore)
        {
            return;
        }

        GuestRequest? request = status == FrameStatus.Frame && HasMemoryFor(frame) ? WorkloadTable.Parse(frame) : null;
        if (status == FrameStatus.Frame)
        {
            connection.Transport.Input.AdvanceTo(frame.End);
            _unfinished.Release();
        }

        using var output = new WorkloadOutput(lanes, WorkloadFeatures.Of(request), _memory);
        if (_refusal is { } refusal)
        {
            output.Finish(WorkloadTable.Refuse(refusal));
        }
        else if (request is null)
        {
            output.Finish(status == FrameStatus.TooLong
                ? WorkloadTable.Refuse($"the request has {length} bytes; the limit is {MaxFrameBytes}")
                : WorkloadTable.Refuse("the request is no JSON object of this protocol"));
        }
        else
        {
            output.Finish(await RunAsync(request, output));
        }

        Task sent = lanes.WhenIdleAsync();
        await sent.WaitAsync(_stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Bounded.CompletesAsync(sent, DrainTime);
        if (status == FrameStatus.TooLong)
        {
            await SkipAsync(length);
        }
    }

    private bool HasMemoryFor(in ReadOnlySequence<byte> frame)
    {
        long cost = MessageCost.Of(frame.Length, MessageCost.CountValues(frame), isBytes: false);
        _refusal = _memory.TryTake(cost) ? null : memory.Refusal(cost);
        return _refusal is null;
    }

    private void GiveUp() =>
        connection.Abort(new ConnectionAbortedException("The host does not read, and others need the memory."));

    // A host that is still sending reads no result before it is done; and a connection that is closed with bytes unread
    // may take the result along.
    private async Task SkipAsync(long count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        patience.CancelAfter(DrainTime);
        try
        {
            while (count > 0)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync(patience.Token);
                count -= read.Buffer.Length;
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It was long enough.
        }
    }

    private async Task<GuestResponse> RunAsync(GuestRequest request, WorkloadOutput output)
    {
        var call = new WorkloadCall(
            _session,
            memory,
            output,
            reply => WorkloadTable.ToResponse(reply, WorkloadFeatures.Of(request), MaxFrameBytes),
            WorkloadTable.ShortensTimeLimit(request));
        _session.Start(call, RunWorkload.Contract.Name, new TypedArguments(WorkloadTable.ToRequest(request)));
        await using CancellationTokenRegistration stop = _stopping.Register(() => call.StopAfter(DrainTime));
        Task watching = WatchAsync(call);
        GuestResponse response = await call.Response;
        connection.Transport.Input.CancelPendingRead();
        await watching;
        return response;
    }

    // While the program runs the host may only cancel it, or go.
    private async Task WatchAsync(WorkloadCall call)
    {
        try
        {
            while (!call.Response.IsCompleted)
            {
                (FrameStatus status, ReadOnlySequence<byte> frame, _) = await ReadFrameAsync(CancellationToken.None);
                if (status != FrameStatus.Frame)
                {
                    break;
                }

                if (WorkloadTable.IsCancel(frame))
                {
                    call.Cancel();
                }

                connection.Transport.Input.AdvanceTo(frame.End);
            }
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            call.Cancel();
            return;
        }

        // A host that has only finished sending still waits for its result.
        if (!call.Response.IsCompleted && !await HostPresence.WaitAsync(connection, call.Response))
        {
            call.Cancel();
        }
    }

    private async Task<(FrameStatus Status, ReadOnlySequence<byte> Frame, uint Length)> ReadFrameAsync(
        CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameStatus status =
                LengthFramer.TryRead(ref buffer, MaxFrameBytes, out ReadOnlySequence<byte> frame, out uint length);
            if (status == FrameStatus.Frame)
            {
                return (status, frame, length);
            }

            if (status == FrameStatus.NeedMore && !_unfinished.TryHold(buffer.Length))
            {
                // As if it were longer than a frame may be: what has come goes, and so does what is still to come.
                _refusal = _unfinished.Refusal(buffer.Length);
                input.AdvanceTo(read.Buffer.End);
                return (FrameStatus.TooLong, default, length + LengthFramer.PrefixBytes - (uint)buffer.Length);
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (status == FrameStatus.TooLong || read.IsCompleted || read.IsCanceled)
            {
                return (status, default, length);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Listener}: connection lost: {Reason}")]
    private partial void Lost(string listener, string reason);
}
