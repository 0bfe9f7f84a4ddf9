using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Framing;
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
    ConnectionContext connection, ListenerProfile listener, Dispatcher dispatcher, ILogger logger) : IDisposable
{
    // The one request of a connection.
    private static readonly CallId Id = new("1");

    private readonly CancellationTokenSource _cancel = new();
    private readonly WorkloadAttach _attach = new();
    private readonly CancellationToken _stopping =
        connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

    private int MaxFrameBytes => Math.Min(WorkloadWire.MaxFrameBytes, listener.Limits.MaxMessageBytes);

    private TimeSpan DrainTime => TimeSpan.FromSeconds(listener.Limits.DrainSeconds);

    /// <summary>Serves until the result is sent, or the host is gone.</summary>
    public async Task RunAsync()
    {
        var lanes = new OutboundLanes(connection.Transport.Output, listener.Limits.MaxUnreadReplyBytes, static () => { });
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
        _attach.Dispose();
        _cancel.Dispose();
    }

    private async Task ServeAsync(OutboundLanes lanes)
    {
        (FrameStatus status, ReadOnlySequence<byte> frame, uint length) = await ReadFrameAsync(_stopping);
        if (status == FrameStatus.NeedMore)
        {
            return;
        }

        GuestRequest? request = status == FrameStatus.Frame ? WorkloadTable.Parse(frame) : null;
        if (status == FrameStatus.Frame)
        {
            connection.Transport.Input.AdvanceTo(frame.End);
        }

        using var output = new WorkloadOutput(lanes, WorkloadFeatures.Of(request));
        if (request is null)
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
        Task<Reply> running = InvokeAsync(request, output);
        await using CancellationTokenRegistration stop = _stopping.Register(() => _cancel.CancelAfter(DrainTime));
        Task watching = WatchAsync(running);
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.Transport.Input.CancelPendingRead();
        await watching;
        return WorkloadTable.ToResponse(await running, WorkloadFeatures.Of(request), MaxFrameBytes);
    }

    private async Task<Reply> InvokeAsync(GuestRequest request, WorkloadOutput output)
    {
        // What follows may wait for the kernel, and this thread serves all sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var caller = new Caller(listener.Settings.Name, Peer.Of(connection), listener.Operations);
        var context = new CallContext(caller, _attach, Id, output);
        return await dispatcher.InvokeAsync(
            RunWorkload.Contract.Name, new TypedArguments(WorkloadTable.ToRequest(request)), context, _cancel.Token);
    }

    // While the program runs the host may only cancel it, or go.
    private async Task WatchAsync(Task running)
    {
        try
        {
            while (!running.IsCompleted)
            {
                (FrameStatus status, ReadOnlySequence<byte> frame, _) = await ReadFrameAsync(CancellationToken.None);
                if (status != FrameStatus.Frame)
                {
                    break;
                }

                if (WorkloadTable.IsCancel(frame))
                {
                    await _cancel.CancelAsync();
                }

                connection.Transport.Input.AdvanceTo(frame.End);
            }
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            await _cancel.CancelAsync();
            return;
        }

        // A host that has only finished sending still waits for its result.
        if (!running.IsCompleted && !await HostPresence.WaitAsync(connection, running))
        {
            await _cancel.CancelAsync();
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
