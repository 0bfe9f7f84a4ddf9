namespace GuestAgent.Framing;

/// <summary>Bounds that both sides put on what the other may make them hold.</summary>
public static class FrameLimits
{
    /// <summary>
    /// Longest message in bytes, by default: 16 MiB, the limit of the framed systems that this protocol replaces, and
    /// room for a 10 MiB file in base64.
    /// </summary>
    public const int DefaultMaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>Deepest nesting of a message: 32 levels; the deepest message of PROTOCOL.md has 6.</summary>
    public const int MaxNesting = 32;

    /// <summary>Most requests in a batch: 64, so that one line cannot ask for more work than a connection may hold.</summary>
    public const int MaxBatch = 64;

    /// <summary>Longest request id as JSON text: 256 bytes; it is kept for each request in flight and echoed.</summary>
    public const int MaxIdBytes = 256;
}
