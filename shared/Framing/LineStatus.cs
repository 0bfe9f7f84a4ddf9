namespace GuestAgent.Framing;

/// <summary>What <see cref="LineFramer.TryRead"/> found.</summary>
public enum LineStatus
{
    /// <summary>No whole line yet.</summary>
    NeedMore,

    /// <summary>One line.</summary>
    Line,

    /// <summary>A line that exceeds the limit; its bytes are dropped up to its end.</summary>
    TooLong,
}
