namespace GuestAgent.Host;

/// <summary>Whether there is an agent to talk to.</summary>
public enum ConnectionState
{
    /// <summary>An agent has answered hello and the connection stands, as far as is known.</summary>
    Connected = 0,

    /// <summary>The connection was lost, and the client comes back by itself.</summary>
    Reconnecting = 1,

    /// <summary>The connection has ended for good.</summary>
    Closed = 2,
}
