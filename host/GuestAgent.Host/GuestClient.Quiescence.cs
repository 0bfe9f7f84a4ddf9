using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <content>Leaving the guest alone.</content>
public sealed partial class GuestClient
{
    /// <summary>
    /// Leaves the guest alone, for a snapshot of it: sends no further request, waits until those under way are answered and all that
    /// the agent has sent is read, and then asks it for nothing more, not even for a sign of life. Requests that are made meanwhile
    /// wait, transfers stand still between two pieces; all go on when the returned object is disposed of.
    /// </summary>
    /// <remarks>
    /// <para>The guest may be paused meanwhile for any time. What nobody asks for anew goes on: a command that was started is waited
    /// for, so end it before if it takes long or waits for input, and subscriptions, whose reports may come at any time, as well.
    /// A call that was given up counts as over, though the agent may be ending it still.</para>
    /// <para>A guest that is set back to such a snapshot knows the session and nothing of what came after; this client notices, and
    /// with <see cref="GuestClientOptions.Reconnect"/> begins a new one.</para>
    /// </remarks>
    /// <param name="limit">Longest time until the guest is left alone, above 0, up to a day; 30 s when null.</param>
    /// <param name="cancellationToken">Gives up, and all goes on.</param>
    /// <returns>What ends it; where several are under way, the last one does.</returns>
    /// <exception cref="GuestCallTimeoutException">Something was still under way at the limit; all goes on.</exception>
    /// <exception cref="GuestConnectionException">There is no connection, or it was lost; all goes on.</exception>
    public async Task<IAsyncDisposable> QuiesceAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        TimeSpan wait = limit ?? UsualDeadline;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, TimeSpan.FromDays(1), nameof(limit));
        using var deadline = new CancellationTokenSource(wait, _link.Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var quiescence = new Quiescence(_link.Gate);
        bool isQuiet = false;
        try
        {
            await _link.SettleAsync(either.Token).ConfigureAwait(false);
            isQuiet = true;
            return quiescence;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GuestCallTimeoutException("all that was under way", wait);
        }
        finally
        {
            if (!isQuiet)
            {
                await quiescence.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
