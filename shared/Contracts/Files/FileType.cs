using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>What kind of file is at a path, inode(7).</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<FileType>))]
public enum FileType
{
    /// <summary>A regular file.</summary>
    File = 0,

    /// <summary>A directory.</summary>
    Directory = 1,

    /// <summary>A symbolic link.</summary>
    Symlink = 2,

    /// <summary>A named pipe.</summary>
    Fifo = 3,

    /// <summary>A Unix socket.</summary>
    Socket = 4,

    /// <summary>A block device.</summary>
    BlockDevice = 5,

    /// <summary>A character device.</summary>
    CharacterDevice = 6,
}
