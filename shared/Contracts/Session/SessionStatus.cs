namespace GuestAgent.Contracts.Session;

/// <summary>
/// Tells a host whether the agent still follows its conversation. A restored snapshot takes the agent back in time: it does not
/// know of what came since, and nothing on the channel shows it.
/// </summary>
public static class SessionStatus
{
    /// <summary>Method name of the conversation message <c>session_status</c>.</summary>
    public const string Method = "session_status";
}

/// <summary>Parameters of <c>session_status</c>: none.</summary>
public sealed record SessionStatusRequest;

/// <summary>Result of <c>session_status</c>.</summary>
/// <param name="Session">The session of the last <c>hello</c>; null when there was none.</param>
/// <param name="Lines">Lines that have come since, this request's own included, empty ones and the hello's not.</param>
public sealed record SessionStatusResult(string? Session, long Lines);
