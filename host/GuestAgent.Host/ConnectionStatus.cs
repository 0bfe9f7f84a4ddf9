using GuestAgent.Contracts.Agent;

namespace GuestAgent.Host;

/// <summary>How a client stands to its agent.</summary>
/// <param name="State">Whether there is an agent to talk to.</param>
/// <param name="Agent">Who answers, or answered last.</param>
/// <param name="Failure">
/// While reconnecting, why there is no connection: the loss, then the failure of the last attempt. When closed, why. Null
/// when connected.
/// </param>
/// <param name="Attempt">While reconnecting, the number of the next attempt, from 1; else 0.</param>
/// <param name="Delay">While reconnecting, how long after this status that attempt is made.</param>
public sealed record ConnectionStatus(
    ConnectionState State,
    AgentDescription Agent,
    GuestConnectionException? Failure = null,
    int Attempt = 0,
    TimeSpan Delay = default);
