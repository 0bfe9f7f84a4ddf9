namespace GuestAgent.Framing;

/// <summary>What <see cref="LengthFramer.TryRead"/> found.</summary>
public enum FrameStatus
{
    /// <summary>No whole frame yet.</summary>
    NeedMore,

    /// <summary>One frame.</summary>
    Frame,

    /// <summary>A frame that announces more bytes than are allowed: the stream cannot be read on.</summary>
    TooLong,
}
