namespace GuestAgent.Workloads;

/// <summary>What an entry of an archive is, as far as it matters here.</summary>
internal enum TarKind
{
    /// <summary>A file with content.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A link to another place, symbolic or hard.</summary>
    Link,

    /// <summary>A device, a FIFO or anything else.</summary>
    Other,
}
