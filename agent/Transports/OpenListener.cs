using System.Collections.Concurrent;
using GuestAgent.Connections;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>
/// A listener that is bound: accepts connections and hands each to its dialect. When it closes it takes no new ones, asks
/// the living to finish, and aborts what is left when the time is over.
/// </summary>
internal sealed partial class OpenListener : IConnectionLifetimeNotificationFeature, IAsyncDisposable
{
    // When descriptors have run out, trying again at once would only burn processor time.
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromSeconds(1);

    private readonly Func<ConnectionContext, Task> _serve;
    private readonly IConnectionListener _listener;
    private readonly ConnectionPlaces _places;
    private readonly LiveSettings _live;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<ConnectionContext, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stoppingToken;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Takes over a bound listener; accepts nothing yet.</summary>
    /// <param name="settings">The listener as configured.</param>
    /// <param name="listener">The bound listener.</param>
    /// <param name="serve">Talks to one connection until it ends.</param>
    /// <param name="places">Places for connections, of all listeners together.</param>
    /// <param name="live">The settings in force.</param>
    /// <param name="clock">Measures pauses.</param>
    /// <param name="logger">Where trouble is told.</param>
    public OpenListener(
        ListenerSettings settings,
        IConnectionListener listener,
        Func<ConnectionContext, Task> serve,
        ConnectionPlaces places,
        LiveSettings live,
        TimeProvider clock,
        ILogger logger)
    {
        Settings = settings;
        _listener = listener;
        _serve = serve;
        _places = places;
        _live = live;
        _clock = clock;
        _logger = logger;
        _stoppingToken = _stopping.Token;
    }

    /// <summary>The listener as configured when it was bound.</summary>
    public ListenerSettings Settings { get; }

    /// <summary>What is in its way now; null when hosts can come.</summary>
    public string? Obstacle => (_listener as IPatientListener)?.Obstacle;

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested
    {
        get => _stoppingToken;
        set => throw new NotSupportedException("the listener alone decides when its connections are to end");
    }

    /// <inheritdoc/>
    public void RequestClose() => _stopping.Cancel();

    /// <summary>Begins to accept connections.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Ends the connections of peers that the settings in force do not admit any more.</summary>
    public void DismissOthers()
    {
        foreach (ConnectionContext connection in _connections.Keys)
        {
            DismissUnlessAdmitted(connection);
        }
    }

    /// <summary>Closes the listener and its connections.</summary>
    /// <param name="cancellationToken">Ends the patience with connections that do not finish.</param>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _listener.UnbindAsync(CancellationToken.None);
        await _stopping.CancelAsync();
        Task finished = Task.WhenAll([_accepting, .. _connections.Values]);
        await finished.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (ConnectionContext connection in _connections.Keys)
        {
            connection.Abort(new ConnectionAbortedException("The listener has closed."));
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await _listener.AcceptAsync(CancellationToken.None) is not { } connection)
                {
                    return;
                }

                Take(connection);
            }
            catch (Exception e) when (e is IOException or LinuxException)
            {
                CannotAccept(Settings.Name, e.Message);
                await Task.Delay(AcceptRetryDelay, _clock, _stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Take(ConnectionContext connection)
    {
        int limit = _live.Current.Limits.MaxConnections;
        if (!_places.TryTake(limit))
        {
            TooMany(Settings.Name, limit);
            _ = connection.DisposeAsync().AsTask();
            return;
        }

        connection.Features.Set<IConnectionLifetimeNotificationFeature>(this);
        // Known before it can end, so that its end finds it.
        var started = new TaskCompletionSource();
        _connections[connection] = ServeAsync(connection, started.Task);
        started.SetResult();
        // Settings that came into force after it was accepted, and before it was known here.
        DismissUnlessAdmitted(connection);
    }

    private void DismissUnlessAdmitted(ConnectionContext connection)
    {
        if (connection.Features.Get<IAdmissionFeature>() is { IsAdmitted: false })
        {
            Dismissed(Settings.Name, Peer.Of(connection));
            connection.Abort(new ConnectionAbortedException("The configuration does not admit the peer any more."));
        }
    }

    private async Task ServeAsync(ConnectionContext connection, Task started)
    {
        await started;
        try
        {
            await _serve(connection);
        }
#pragma warning disable CA1031 // A defect in one conversation must not end the others; it is logged with its trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, Settings.Name);
        }

        await connection.DisposeAsync();
        _connections.TryRemove(connection, out _);
        _places.GiveBack();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener}: cannot accept: {Reason}")]
    private partial void CannotAccept(string listener, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener}: connection refused, {Limit} are open")]
    private partial void TooMany(string listener, int limit);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "{Listener}: connection of {Peer} closed, which the new configuration does not admit")]
    private partial void Dismissed(string listener, string peer);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Listener}: connection ended by a defect of the agent")]
    private partial void Failed(Exception e, string listener);
}
