using System.IO.Pipelines;
using GuestAgent.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// A connection as Kestrel gets it. Kestrel takes the end of the input for the end of the host and gives up the request; a host
/// that has only finished sending still waits for its answer, so the end is told when nobody could read that any more.
/// </summary>
internal sealed class HttpConnection : DefaultConnectionContext
{
    private readonly ConnectionContext _connection;
    private readonly CancellationTokenSource _gone = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _finished;
    private readonly CancellationTokenRegistration _stopping;
    private Task _watching = Task.CompletedTask;

    /// <summary>Offers a connection, which stays its owner's.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="host">Who is served.</param>
    public HttpConnection(ConnectionContext connection, HttpHost host)
    {
        _connection = connection;
        ConnectionId = connection.ConnectionId;
        Transport = new HalfClosedPipe(new HalfClosedReader(connection.Transport.Input), connection.Transport.Output);
        ConnectionClosed = _gone.Token;
        Features.Set(host);
        _finished = connection.ConnectionClosed.Register(() => _watching = WatchAsync());
        CancellationToken stopping =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        Stopping = stopping;
        _stopping = stopping.Register(Close);
    }

    /// <summary>Cancelled when the agent stops and takes no more requests.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Completes when Kestrel is done with it.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Has no further request be read; the one that is under way is answered.</summary>
    public void Close() => Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort(abortReason);

    /// <inheritdoc/>
    /// <remarks>Kestrel's way to say that it is done, and the owner's.</remarks>
    public override async ValueTask DisposeAsync()
    {
        if (!_ended.TrySetResult())
        {
            return;
        }

        await _stopping.DisposeAsync();
        await _finished.DisposeAsync();
        await _watching;
        await base.DisposeAsync();
    }

    private async Task WatchAsync()
    {
        if (!await HostPresence.WaitAsync(_connection, Ended))
        {
            await _gone.CancelAsync();
        }
    }

    private sealed record HalfClosedPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
