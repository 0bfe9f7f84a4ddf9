namespace GuestAgent.Commands;

/// <summary>Why a command has ended.</summary>
internal enum EndReason
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>Its time limit.</summary>
    TimedOut,

    /// <summary>Its host: by a cancel message, or by going away.</summary>
    Cancelled,
}
