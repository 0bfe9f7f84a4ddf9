namespace GuestAgent.Sessions;

/// <summary>The sessions of the hosts that come and go on one connection: who is there now, and what former ones have left running.</summary>
/// <param name="channel">What the dialect does when one host follows another.</param>
/// <typeparam name="TSession">The dialect's sessions.</typeparam>
internal sealed class HostSessions<TSession>(IHostChannel<TSession> channel)
    where TSession : Session
{
    // The kernel tells of a host that has gone within some ten milliseconds of the next one's first bytes.
    private static readonly TimeSpan FormerHostAge = TimeSpan.FromMilliseconds(500);

    // In a busy guest it can take longer, and then a host that says hello has its first answers on the way.
    private static readonly TimeSpan LatestNews = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Task> _leaving = [];
    private volatile TSession _current = channel.Open(null);

    // The transport has told of the host that is there; that of the first one is how the connection began.
    private bool _isTold = true;

    // When a host made itself known of whom the transport has not told; 0 when it has.
    private long _untoldSince;

    /// <summary>The session of the host that is there now.</summary>
    public TSession Current => _current;

    /// <summary>
    /// Begins another host's session, as its first message tells: what the former one has asked for is cancelled, what it did
    /// not take is dropped.
    /// </summary>
    /// <param name="name">The name that it has given its session; null for none.</param>
    public void Start(string? name = null)
    {
        lock (_gate)
        {
            _untoldSince = _isTold ? 0 : Environment.TickCount64;
            _isTold = false;
        }

        _current.End();
        channel.Clear();
        // Its commands may take their grace to end; the connection outlives them.
        _leaving.RemoveAll(task => task.IsCompleted);
        _leaving.Add(_current.DrainAsync());
        _current = channel.Open(name);
    }

    /// <summary>
    /// Notes that the transport has seen another host come, perhaps after its first request. What has been in flight for
    /// longer is the former host's.
    /// </summary>
    /// <returns>False when that host's session has begun before: everything on its way is for it.</returns>
    public bool HostChanged()
    {
        lock (_gate)
        {
            bool isLate = _untoldSince != 0
                && Environment.TickCount64 - _untoldSince < (long)LatestNews.TotalMilliseconds;
            _untoldSince = 0;
            if (isLate)
            {
                return false;
            }

            _isTold = true;
        }

        channel.DropOlderThan(FormerHostAge);
        _current.AbandonOlderThan(FormerHostAge);
        channel.Announce();
        return true;
    }

    /// <summary>Ends the session of the last host; completes when nothing of any host runs any more.</summary>
    public Task EndAsync()
    {
        _current.End();
        return Task.WhenAll([.. _leaving, _current.DrainAsync()]);
    }
}
