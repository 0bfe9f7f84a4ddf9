using Microsoft.Extensions.Hosting;

namespace GuestAgent.Systemd;

/// <summary>
/// Keeps the service manager informed from the start to the stop. Registered last, it starts when the listeners are bound
/// and stops before they are closed.
/// </summary>
/// <param name="notifier">Tells the manager.</param>
/// <param name="watchdog">Gives signs of life; null when nobody wants them.</param>
internal sealed class ServiceLife(ServiceNotifier notifier, Watchdog? watchdog) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        notifier.Ready();
        _ = watchdog?.RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // The watchdog goes on: a stop that hangs must be noticed as well.
        notifier.Stopping();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}
