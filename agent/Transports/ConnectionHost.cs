using System.Collections.Concurrent;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>
/// Accepts connections on every endpoint and hands each to its dialect; on stop takes no new ones, asks the living to
/// finish, and aborts what is left when the time is over.
/// </summary>
internal sealed partial class ConnectionHost(
    IReadOnlyList<ServedEndPoint> endpoints,
    IEnumerable<IConnectionListenerFactory> factories,
    LiveSettings settings,
    TimeProvider clock,
    ILogger<ConnectionHost> logger) : IHostedService, IConnectionLifetimeNotificationFeature, IDisposable
{
    // When descriptors have run out, trying again at once would only burn processor time.
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ConnectionContext, Task> _connections = new();
    private readonly List<IConnectionListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested
    {
        get => _stopping.Token;
        set => throw new NotSupportedException("the host alone decides when connections are to end");
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (ServedEndPoint served in endpoints)
        {
            _listeners.Add(await FactoryOf(served).BindAsync(served.EndPoint, cancellationToken));
        }

        foreach ((ServedEndPoint served, IConnectionListener listener) in endpoints.Zip(_listeners))
        {
            _accepting.Add(AcceptAsync(served, listener));
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (IConnectionListener listener in _listeners)
        {
            await listener.UnbindAsync(cancellationToken);
        }

        await _stopping.CancelAsync();
        Task finished = Task.WhenAll([.. _accepting, .. _connections.Values]);
        await finished.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (ConnectionContext connection in _connections.Keys)
        {
            connection.Abort(new ConnectionAbortedException("The agent has stopped."));
        }

        foreach (IConnectionListener listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public void RequestClose() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private IConnectionListenerFactory FactoryOf(ServedEndPoint served) =>
        factories.First(factory => ((IConnectionListenerFactorySelector)factory).CanBind(served.EndPoint));

    private async Task AcceptAsync(ServedEndPoint served, IConnectionListener listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await listener.AcceptAsync() is not { } connection)
                {
                    return;
                }

                Take(connection, served);
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                CannotAccept(served.Name, e.Message);
                await Task.Delay(AcceptRetryDelay, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Take(ConnectionContext connection, ServedEndPoint served)
    {
        int limit = settings.Current.Limits.MaxConnections;
        if (_connections.Count >= limit)
        {
            TooMany(served.Name, limit);
            _ = connection.DisposeAsync().AsTask();
            return;
        }

        connection.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        // Known before it can end, so that its end finds it.
        var started = new TaskCompletionSource();
        _connections[connection] = ServeAsync(connection, served, started.Task);
        started.SetResult();
    }

    private async Task ServeAsync(ConnectionContext connection, ServedEndPoint served, Task started)
    {
        await started;
        try
        {
            await served.ServeAsync(connection);
        }
#pragma warning disable CA1031 // A defect in one conversation must not end the others; it is logged with its trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, served.Name);
        }

        await connection.DisposeAsync();
        _connections.TryRemove(connection, out _);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener}: cannot accept: {Reason}")]
    private partial void CannotAccept(string listener, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener}: connection refused, {Limit} are open")]
    private partial void TooMany(string listener, int limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Listener}: connection ended by a defect of the agent")]
    private partial void Failed(Exception e, string listener);
}
