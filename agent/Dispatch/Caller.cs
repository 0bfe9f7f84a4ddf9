namespace GuestAgent.Dispatch;

/// <summary>Who asks, and what the listener that he came through lets him ask for.</summary>
/// <param name="Listener">Name of the listener.</param>
/// <param name="Peer">What the transport knows of the peer.</param>
/// <param name="Operations">The only operations served there; null for all.</param>
/// <param name="TakesAttached">Whether bytes may follow an answer there that are not part of its message.</param>
internal sealed record Caller(string Listener, string Peer, IReadOnlySet<string>? Operations, bool TakesAttached = false)
{
    /// <summary>How fast he asks.</summary>
    public RequestRate Rate { get; } = new();

    /// <summary>True when the listener serves <paramref name="operation"/>.</summary>
    public bool MayCall(string operation) => Operations is null || Operations.Contains(operation);
}
