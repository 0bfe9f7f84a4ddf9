using System.Runtime.CompilerServices;
using GuestAgent.Contracts;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Notifications;

/// <summary>
/// One kind of notification and all who watch it. The agent knows one subscription of a session; it begins with the first
/// watcher, ends with the last, and is renewed in every session.
/// </summary>
/// <param name="contract">The notification.</param>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing, and a late watcher may still come.
internal abstract class Feed<T>(EventContract<T> contract) : IFeed
#pragma warning restore CA1001
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<Watcher<T>> _watchers = [];

    // The agent hears of those who come and go in their order.
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public string Name => contract.Name;

    /// <summary>What watchers are told after a gap, in which they may have missed some; null for nothing.</summary>
    protected virtual T? AfterGap => null;

    /// <summary>Watches until the enumeration is left or the connection ends for good.</summary>
    /// <param name="link">The way to the guest.</param>
    /// <param name="interval">How often to be told.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<T> WatchAsync(
        GuestLink link, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher<T>(interval, Merge);
        lock (_gate)
        {
            _watchers.Add(watcher);
        }

        try
        {
            await SubscribeInTurnAsync(link, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                yield return await watcher.TakeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await LeaveAsync(link, watcher).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Deliver(ReadOnlyMemory<byte> json)
    {
        // What nobody watches is not read: it may still come for a while behind the last who did.
        Watcher<T>[] watchers = Watchers();
        if (watchers.Length > 0)
        {
            Give(GuestJson.Read(json, contract.Shape), watchers);
        }
    }

    /// <inheritdoc/>
    public async Task RenewAsync(GuestLink link)
    {
        try
        {
            await SubscribeInTurnAsync(link, CancellationToken.None).ConfigureAwait(false);
        }
        catch (GuestConnectionException)
        {
            // This session is lost too; the next one comes here again, or the end does.
            return;
        }
        catch (GuestException e)
        {
            Fail(e);
            return;
        }

        if (AfterGap is { } notification)
        {
            Give(notification, Watchers());
        }
    }

    /// <inheritdoc/>
    public void End(GuestConnectionException reason) => Fail(reason);

    /// <summary>What a slow watcher is told instead of two notifications.</summary>
    protected abstract T Merge(T waiting, T newer);

    /// <summary>Asks the agent to send the notification, or to send it that often from now on.</summary>
    protected abstract Task SubscribeAsync(GuestLink link, TimeSpan interval, CancellationToken cancellationToken);

    /// <summary>Tells the agent, without waiting for an answer, that nobody watches any more.</summary>
    protected abstract Task UnsubscribeAsync(GuestLink link);

    private static void Give(T notification, Watcher<T>[] watchers)
    {
        foreach (Watcher<T> watcher in watchers)
        {
            watcher.Accept(notification);
        }
    }

    private Watcher<T>[] Watchers()
    {
        lock (_gate)
        {
            return [.. _watchers];
        }
    }

    private void Fail(Exception reason)
    {
        foreach (Watcher<T> watcher in Watchers())
        {
            watcher.Fail(reason);
        }
    }

    private async Task SubscribeInTurnAsync(GuestLink link, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Watcher<T>[] watchers = Watchers();
            if (watchers.Length > 0)
            {
                await SubscribeAsync(link, watchers.Min(one => one.Interval), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // Others may now be told more often than they want, until the next one comes: that costs little and breaks nothing.
    private async Task LeaveAsync(GuestLink link, Watcher<T> watcher)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            bool last;
            lock (_gate)
            {
                last = _watchers.Remove(watcher) && _watchers.Count == 0;
            }

            if (last)
            {
                await UnsubscribeAsync(link).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
