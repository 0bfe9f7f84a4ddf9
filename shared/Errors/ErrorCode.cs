namespace GuestAgent.Errors;

/// <summary>
/// Why a request failed: the closed set that every dialect maps to its own wire. Names and numbers are frozen by a test;
/// a new code goes at the end.
/// </summary>
public enum ErrorCode
{
    /// <summary>A defect of the agent. The peer sees a fixed sentence, the log has the trace.</summary>
    Internal = 0,

    /// <summary>The message is not the encoding that the dialect speaks.</summary>
    ParseError = 1,

    /// <summary>The message is well-formed but not a request.</summary>
    InvalidRequest = 2,

    /// <summary>No operation has this name.</summary>
    UnknownOperation = 3,

    /// <summary>A parameter is missing, unknown, of the wrong type or out of range.</summary>
    InvalidParameters = 4,

    /// <summary>A command could not be started.</summary>
    CommandFailed = 5,

    /// <summary>The policy or the kernel says no.</summary>
    PermissionDenied = 6,

    /// <summary>The thing that the request names does not exist.</summary>
    NotFound = 7,

    /// <summary>The time limit passed before the work was done.</summary>
    TimedOut = 8,

    /// <summary>A concurrency limit is reached; the same request may succeed later.</summary>
    Busy = 9,

    /// <summary>The peer cancelled the request.</summary>
    Cancelled = 10,

    /// <summary>A message, an argument or a result exceeds a size limit.</summary>
    TooLarge = 11,

    /// <summary>File systems are frozen and the operation could write to them.</summary>
    Frozen = 12,

    /// <summary>The guest's kernel or the agent's build lacks what the operation needs.</summary>
    NotSupported = 13,

    /// <summary>The agent stops, or serves the listener no more, and has ended the request.</summary>
    ShuttingDown = 14,

    /// <summary>The thing is there, and not as the request needs it: it exists already, is not empty, is a directory.</summary>
    Conflict = 15,
}
