namespace GuestAgent.Workloads;

/// <summary>What an entry of an archive is, as far as it matters here.</summary>
internal enum TarKind
{
    /// <summary>A file with content.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>One more name of a file or link that the archive has before it.</summary>
    HardLink,

    /// <summary>A device, a FIFO or anything else.</summary>
    Other,
}
