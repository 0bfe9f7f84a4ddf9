namespace GuestAgent.Host;

/// <summary>Why there is no connection, or none any more.</summary>
public enum ConnectionFailure
{
    /// <summary>There is nothing at the endpoint: the VM is not running, or the path is wrong.</summary>
    NotFound = 0,

    /// <summary>The endpoint exists but nobody listens: its VM has ended.</summary>
    Refused = 1,

    /// <summary>This user may not use the endpoint.</summary>
    AccessDenied = 2,

    /// <summary>
    /// Another client holds the channel. A QEMU chardev serves one client; a second one gets a connection that stays in
    /// the listener's backlog, where nothing ever comes. A listener whose process hangs looks the same.
    /// </summary>
    ChannelHeld = 3,

    /// <summary>
    /// The connection stands but no agent answers: it is not running, or its guest is paused or still booting.
    /// </summary>
    NoAnswer = 4,

    /// <summary>The agent speaks another major version of the protocol.</summary>
    Incompatible = 5,

    /// <summary>
    /// The connection broke, or its agent fell silent, or does not know what was sent, as after a restored snapshot.
    /// </summary>
    Lost = 6,

    /// <summary>The agent was restarted or the guest rebooted: everything that was under way is gone.</summary>
    AgentRestarted = 7,

    /// <summary>The agent sent what the protocol forbids; the connection was ended.</summary>
    ProtocolViolation = 8,

    /// <summary>This client was disposed.</summary>
    Disposed = 9,

    /// <summary>
    /// The guest is there, but nobody listens on the vsock port: its agent is not running, or not yet. A listener whose backlog is
    /// full looks the same, as a guest's kernel answers both alike; <see cref="GuestClientOptions.DialRetry"/> tries either again.
    /// </summary>
    NotListening = 10,

    /// <summary>
    /// Another agent answers: QEMU's guest agent, whose port this is, or which holds ours in the guest.
    /// </summary>
    OtherAgent = 11,

    /// <summary>
    /// The agent stops, or its configuration has the listener no more, and has ended the call before it was done. The agent's answer
    /// is the inner exception; of a command, a <see cref="GuestCommandException"/> with what it did until then.
    /// </summary>
    AgentStopping = 12,
}
