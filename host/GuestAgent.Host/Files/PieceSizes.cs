namespace GuestAgent.Host.Files;

/// <summary>How large the pieces of a transfer are, and how many are under way.</summary>
/// <param name="Smallest">Bytes of a piece on a slow channel; all pieces but the last are multiples of it.</param>
/// <param name="Largest">Bytes of a piece on a fast one; a larger one costs latency and no longer gains speed.</param>
/// <param name="UnderWay">Pieces under way at a time; more of the largest fill buffers and nothing else.</param>
internal readonly record struct PieceSizes(int Smallest, int Largest, int UnderWay)
{
    /// <summary>
    /// In lines, and so on virtio-serial too, where all calls share a slow channel. A smaller one is mostly envelope. One is
    /// on the way there, one being worked on, one on the way back, one waiting here.
    /// </summary>
    public static readonly PieceSizes InLines = new(16 * 1024, 128 * 1024, 4);

    /// <summary>
    /// Behind lines, on sockets: nothing is encoded, so that what a piece costs is mostly the threads that it wakes, above all
    /// in a guest that is emulated.
    /// </summary>
    public static readonly PieceSizes InBodies = new(256 * 1024, 512 * 1024, 3);

    /// <summary>The same, with no piece longer than <paramref name="bytes"/>, which is at least 1.</summary>
    public PieceSizes AtMost(int bytes) => this with { Smallest = Math.Min(Smallest, bytes), Largest = Math.Min(Largest, bytes) };
}
