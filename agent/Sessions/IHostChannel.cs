namespace GuestAgent.Sessions;

/// <summary>What a dialect does on a connection where one host may follow another.</summary>
/// <typeparam name="TSession">The dialect's sessions.</typeparam>
internal interface IHostChannel<out TSession>
    where TSession : Session
{
    /// <summary>Opens the session of the host that is there from now on.</summary>
    /// <param name="name">The name that it has given its session; null for none.</param>
    TSession Open(string? name);

    /// <summary>Drops everything that waits to be sent, and what is still to come for the host that was there.</summary>
    void Clear();

    /// <summary>Drops what has waited to be sent for longer than <paramref name="age"/>.</summary>
    void DropOlderThan(TimeSpan age);

    /// <summary>Tells the host who the agent is.</summary>
    void Announce();
}
