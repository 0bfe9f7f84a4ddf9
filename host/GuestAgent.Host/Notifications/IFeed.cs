using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Notifications;

/// <summary>One kind of notification that the agent sends to a host that has subscribed to it.</summary>
internal interface IFeed
{
    /// <summary>Its name on the wire.</summary>
    string Name { get; }

    /// <summary>Gives a notification to all who watch. Never waits.</summary>
    /// <exception cref="GuestConnectionException">It does not have its shape.</exception>
    void Deliver(ReadOnlyMemory<byte> json);

    /// <summary>
    /// Subscribes anew if anybody watches, in a session that knows nothing of the one before. Never fails: who watches
    /// learns of a refusal.
    /// </summary>
    Task RenewAsync(GuestLink link);

    /// <summary>Nothing will come any more.</summary>
    void End(GuestConnectionException reason);
}
