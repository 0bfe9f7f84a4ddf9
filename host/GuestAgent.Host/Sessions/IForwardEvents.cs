using GuestAgent.Contracts.Forward;

namespace GuestAgent.Host.Sessions;

/// <summary>Takes what the agent tells of one forwarded connection or listener. Never waits, as the connection's reader calls it.</summary>
internal interface IForwardEvents
{
    /// <summary>It stands.</summary>
    void Accept(ForwardReady ready);

    /// <summary>Bytes have come, or their end.</summary>
    /// <exception cref="GuestConnectionException">The agent cannot mean it.</exception>
    void Accept(ForwardData data);

    /// <summary>Somebody has connected.</summary>
    /// <exception cref="GuestConnectionException">The agent cannot mean it.</exception>
    void Accept(ForwardIncoming incoming);
}
