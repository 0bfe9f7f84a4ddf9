using System.Net;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>
/// A listener that tries for ever, whatever is in its way: what that is goes into the log once for each reason, not for each
/// try.
/// </summary>
/// <param name="settings">The listener.</param>
internal abstract class RetryingListener(ListenerSettings settings) : IPatientListener
{
    // Of a listener that was not tried yet.
    private const string Untried = "";

    private readonly CancellationTokenSource _unbound = new();
    private volatile string? _obstacle = Untried;

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = new ListenerEndPoint(settings);

    /// <inheritdoc/>
    public virtual string? Obstacle => _obstacle is Untried ? null : _obstacle;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            while (true)
            {
                try
                {
                    if (await TryAcceptAsync(either.Token) is { } connection)
                    {
                        return connection;
                    }
                }
                catch (LinuxException e)
                {
                    NoteObstacle(Explain(e));
                    Recover(e);
                    await PauseAsync(either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _unbound.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync();
        Close();
        _unbound.Dispose();
    }

    /// <summary>Notes that nothing is in the way.</summary>
    /// <returns>False when that was known.</returns>
    protected bool ClearObstacle()
    {
        bool isNews = _obstacle is not null;
        _obstacle = null;
        return isNews;
    }

    /// <summary>Waits for a host.</summary>
    /// <returns>Null for one that is not served, or when what it waited with is of no use any more: then it is asked again at once.</returns>
    /// <exception cref="LinuxException">Something is in the way: it is asked again after a pause.</exception>
    protected abstract ValueTask<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken);

    /// <summary>What is in the way, in words.</summary>
    protected virtual string Explain(LinuxException e) => e.Message;

    /// <summary>Gives up what is of no use after a failure.</summary>
    protected virtual void Recover(LinuxException e)
    {
        // Most have nothing.
    }

    /// <summary>Waits before the next try.</summary>
    protected abstract Task PauseAsync(CancellationToken cancellationToken);

    /// <summary>Writes to the log what is in the way.</summary>
    protected abstract void Tell(string obstacle);

    /// <summary>Closes what is open.</summary>
    protected virtual void Close()
    {
        // Most have nothing.
    }

    private void NoteObstacle(string reason)
    {
        if (reason != _obstacle)
        {
            _obstacle = reason;
            Tell(reason);
        }
    }
}
