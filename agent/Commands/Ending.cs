namespace GuestAgent.Commands;

/// <summary>Who ended a command.</summary>
internal enum Ending
{
    /// <summary>It ended by itself.</summary>
    Exited,

    /// <summary>Its time limit.</summary>
    TimedOut,

    /// <summary>Its host: by a cancel message, or by going away.</summary>
    Cancelled,
}
