namespace GuestAgent.Host.Workloads;

/// <summary>Why there is no result.</summary>
public enum WorkloadFailure
{
    /// <summary>The connection ended or broke before the result.</summary>
    Lost = 0,

    /// <summary>A message is longer than the protocol allows.</summary>
    TooLong = 1,

    /// <summary>A message is not the JSON that it should be.</summary>
    Malformed = 2,

    /// <summary>A message has a type that is not known.</summary>
    UnknownType = 3,

    /// <summary>A result came without its content.</summary>
    NoResponse = 4,

    /// <summary>The agent stops, or its configuration has the listener no more, and has ended the program.</summary>
    AgentStopping = 5,
}
