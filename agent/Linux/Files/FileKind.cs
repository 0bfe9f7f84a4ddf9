namespace GuestAgent.Linux.Files;

/// <summary>What a file is: the format bits of its mode, inode(7).</summary>
internal enum FileKind
{
    /// <summary>A pipe with a name.</summary>
    Fifo = 0x1000,

    /// <summary>A character device.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A directory.</summary>
    Directory = 0x4000,

    /// <summary>A block device.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file with content.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 0xA000,

    /// <summary>A Unix socket.</summary>
    Socket = 0xC000,
}
