using GuestAgent.Contracts.Agent;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>Holds the listeners of the settings in force: opens and closes them with the agent, and when those change.</summary>
/// <param name="live">The settings in force.</param>
/// <param name="serve">Who talks to the connections of a listener.</param>
/// <param name="transports">Bind listeners.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="logger">Where it tells what it does.</param>
internal sealed partial class ConnectionHost(
    LiveSettings live,
    Func<ListenerSettings, Func<ConnectionContext, Task>> serve,
    ListenerTable transports,
    TimeProvider clock,
    ILogger<ConnectionHost> logger) : IHostedService
{
    private readonly ConnectionPlaces _places = new();
    // Lists that are replaced and never changed: they are read at any time.
    private volatile List<OpenListener> _open = [];
    private volatile List<WaitingListener> _notReopened = [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _open = await BindAllAsync(live.Current.Listeners);
        _open.ForEach(listener => listener.Start());
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => CloseAllAsync(_open, cancellationToken);

    /// <summary>The listeners of the settings in force that cannot serve anybody now.</summary>
    public List<WaitingListener> Waiting()
    {
        List<WaitingListener> waiting = [.. _notReopened];
        foreach (OpenListener listener in _open)
        {
            if (listener.Obstacle is { } reason)
            {
                waiting.Add(new WaitingListener(listener.Settings.Name, reason));
            }
        }

        return waiting;
    }

    /// <summary>
    /// Puts other settings into force, whole or not at all: opens listeners that are new, closes those that are not listed
    /// any more together with their connections, and lets all others be, but for peers that they do not admit any more. Not
    /// to be called twice at a time.
    /// </summary>
    /// <param name="settings">A configuration without faults.</param>
    /// <returns>Listeners that have changed and could not be opened again; all the rest is in force.</returns>
    /// <exception cref="IOException">A new listener cannot be opened, and the settings are not in force.</exception>
    /// <exception cref="LinuxException">Likewise.</exception>
    public async Task<IReadOnlyList<string>> ReplaceAsync(AgentSettings settings)
    {
        List<OpenListener> staying = [.. _open.Where(open => settings.Listeners.Any(open.Settings.CanBecome))];
        List<OpenListener> leaving = _open.FindAll(open => !staying.Contains(open));
        List<ListenerSettings> coming =
            [.. settings.Listeners.Where(listener => !staying.Any(open => open.Settings.CanBecome(listener)))];
        List<ListenerSettings> returning =
            coming.FindAll(listener => leaving.Any(open => open.Settings.Name == listener.Name));
        List<OpenListener> added =
            await BindAllAsync(coming.FindAll(listener => !returning.Contains(listener)));

        live.Replace(settings);
        _open = [.. staying, .. added];
        _notReopened = [];
        staying.ForEach(listener => listener.DismissOthers());
        added.ForEach(Begin);
        await CloseAllAsync(leaving, CancellationToken.None);
        leaving.ForEach(listener => Closed(listener.Settings.Name));
        // Only now are their addresses free.
        return await ReopenAsync(returning);
    }

    private async Task<IReadOnlyList<string>> ReopenAsync(IEnumerable<ListenerSettings> changed)
    {
        List<WaitingListener> failed = [];
        foreach (ListenerSettings listener in changed)
        {
            try
            {
                OpenListener open = Bind(listener);
                _open = [.. _open, open];
                Begin(open);
            }
            catch (Exception e) when (e is IOException or LinuxException)
            {
                CannotOpen(listener.Name, e.Message);
                failed.Add(new WaitingListener(listener.Name, e.Message));
            }
        }

        _notReopened = failed;
        return [.. failed.Select(listener => listener.Listener)];
    }

    private async Task CloseAllAsync(IEnumerable<OpenListener> listeners, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(live.Current.Limits.StopTime);
        await Task.WhenAll(listeners.Select(listener => listener.CloseAsync(patience.Token)));
    }

    private async Task<List<OpenListener>> BindAllAsync(IEnumerable<ListenerSettings> listeners)
    {
        List<OpenListener> bound = [];
        try
        {
            foreach (ListenerSettings listener in listeners)
            {
                bound.Add(Bind(listener));
            }

            return bound;
        }
        catch
        {
            foreach (OpenListener listener in bound)
            {
                await listener.DisposeAsync();
            }

            throw;
        }
    }

    private OpenListener Bind(ListenerSettings settings) =>
        new(settings, transports.Bind(settings), serve(settings), _places, live, clock, logger);

    private void Begin(OpenListener listener)
    {
        listener.Start();
        Opened(listener.Settings.Name);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Listener}: opened, as the new configuration says")]
    private partial void Opened(string listener);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Listener}: closed, as the new configuration says")]
    private partial void Closed(string listener);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Listener}: cannot be opened again: {Reason}")]
    private partial void CannotOpen(string listener, string reason);
}
