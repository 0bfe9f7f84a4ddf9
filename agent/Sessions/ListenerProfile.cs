using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using GuestAgent.Settings;

namespace GuestAgent.Sessions;

/// <summary>What a session needs to know of the listener that a connection came through, as it is in force now.</summary>
internal sealed class ListenerProfile
{
    private readonly LiveSettings _live;
    private readonly AgentIdentity _identity;
    private volatile Listener _last;

    /// <summary>Describes a listener of the settings in force.</summary>
    /// <param name="settings">The listener.</param>
    /// <param name="live">The settings in force.</param>
    /// <param name="identity">Who the agent is.</param>
    /// <param name="dialect">What can be said there.</param>
    public ListenerProfile(ListenerSettings settings, LiveSettings live, AgentIdentity identity, DialectTraits dialect)
    {
        Dialect = dialect;
        _live = live;
        _identity = identity;
        _last = new Listener(live.Current, settings);
    }

    /// <summary>What can be said there.</summary>
    public DialectTraits Dialect { get; }

    /// <summary>True where a reply can have a body, which the next host on the same bytes could not tell from a message.</summary>
    public bool AcceptsBodies => Dialect.Bodies && Settings.IsNewForEachHost;

    /// <summary>How many calls a connection may have in flight.</summary>
    public int MaxConcurrentCalls => Dialect.ConcurrentCalls ? Limits.MaxConcurrentRequests : 1;

    /// <summary>The listener as configured; one that is listed no more stays as it was until its connections end.</summary>
    public ListenerSettings Settings => Now.Settings;

    /// <summary>Limits in force.</summary>
    public LimitSettings Limits => _live.Current.Limits;

    /// <summary>The only operations served here; null for all. The same set until the settings change.</summary>
    public IReadOnlySet<string>? Operations => Now.Operations;

    private Listener Now
    {
        get
        {
            AgentSettings current = _live.Current;
            Listener last = _last;
            return ReferenceEquals(last.Source, current) ? last : _last = new Listener(current, last.FindIn(current));
        }
    }

    /// <summary>The agent as hosts of this listener see it.</summary>
    public AgentDescription Describe() => _identity.Describe(Operations, AcceptsBodies);

    /// <summary>How long the agent has run.</summary>
    public TimeSpan Uptime => _identity.Uptime;

    private sealed record Listener(AgentSettings Source, ListenerSettings Settings)
    {
        public IReadOnlySet<string>? Operations { get; } = Settings.Operations?.ToHashSet(StringComparer.Ordinal);

        public ListenerSettings FindIn(AgentSettings settings) =>
            settings.Listeners.FirstOrDefault(listener => listener.Name == Settings.Name) ?? Settings;
    }
}
