namespace GuestAgent.Dispatch;

/// <summary>Which of two sessions is the later one: that of a later connection, and on one connection that of a later host.</summary>
/// <param name="Connection">Number of the connection, from 1, in the order in which connections came.</param>
/// <param name="Session">Number of the session on it, likewise.</param>
internal readonly record struct SessionOrder(long Connection, long Session)
{
    /// <summary>True when this session is earlier than <paramref name="other"/>.</summary>
    public bool IsBefore(SessionOrder other) =>
        Connection < other.Connection || (Connection == other.Connection && Session < other.Session);
}
