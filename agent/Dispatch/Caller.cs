namespace GuestAgent.Dispatch;

/// <summary>Who asks, and what the listener that he came through lets him ask for.</summary>
/// <param name="Listener">Name of the listener.</param>
/// <param name="Peer">What the transport knows of the peer.</param>
/// <param name="Served">Tells the only operations served there now, null for all; absent for all at any time.</param>
/// <param name="AcceptsBody">Whether an answer there may have a body.</param>
internal sealed record Caller(
    string Listener, string Peer, Func<IReadOnlySet<string>?>? Served, bool AcceptsBody = false)
{
    /// <summary>How fast he asks.</summary>
    public RequestRate Rate { get; } = new();

    /// <summary>The only operations served there now; null for all.</summary>
    public IReadOnlySet<string>? Operations => Served?.Invoke();

    /// <summary>True when the listener serves <paramref name="operation"/> now.</summary>
    public bool MayCall(string operation) => Operations is not { } operations || operations.Contains(operation);
}
