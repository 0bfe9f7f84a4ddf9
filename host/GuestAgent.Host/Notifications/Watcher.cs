using System.Threading.Channels;

namespace GuestAgent.Host.Notifications;

/// <summary>
/// One who watches notifications, at his own pace: what he has not taken yet is merged with what comes, so that a slow one
/// holds up nobody and fills no memory.
/// </summary>
/// <param name="interval">How often he wants to be told; of no meaning for what is sent when it happens.</param>
/// <param name="merge">Makes one of what waits and what came.</param>
internal sealed class Watcher<T>(TimeSpan interval, Func<T, T, T> merge)
    where T : class
{
    private readonly Lock _gate = new();

    // Rings when something waits, completes when nothing more will. One ring is as good as many.
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private T? _waiting;

    /// <summary>How often he wants to be told.</summary>
    public TimeSpan Interval => interval;

    /// <summary>Something came.</summary>
    public void Accept(T notification)
    {
        lock (_gate)
        {
            _waiting = _waiting is null ? notification : merge(_waiting, notification);
        }

        _bell.Writer.TryWrite(true);
    }

    /// <summary>Nothing will come any more.</summary>
    public void Fail(Exception reason) => _bell.Writer.TryComplete(reason);

    /// <summary>What waits, or comes next.</summary>
    /// <exception cref="GuestException">Nothing will come any more.</exception>
    public async ValueTask<T> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting is { } taken)
                {
                    _waiting = null;
                    return taken;
                }
            }

            try
            {
                await _bell.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException e) when (e.InnerException is GuestConnectionException lost)
            {
                throw new GuestConnectionException(lost.Reason, lost.Message, lost);
            }
            catch (ChannelClosedException e) when (e.InnerException is GuestAgentException refused)
            {
                throw new GuestAgentException(refused.Number, refused.Message, refused.Detail);
            }
        }
    }
}
