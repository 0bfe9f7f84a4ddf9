using GuestAgent.Contracts.Files;
using GuestAgent.Linux.Files;

namespace GuestAgent.Files;

/// <summary>Names what the kernel calls a file.</summary>
internal static class FileTypes
{
    /// <summary>The word for <paramref name="kind"/>.</summary>
    public static FileType Of(FileKind kind) => kind switch
    {
        FileKind.Directory => FileType.Directory,
        FileKind.SymbolicLink => FileType.Symlink,
        FileKind.Fifo => FileType.Fifo,
        FileKind.Socket => FileType.Socket,
        FileKind.BlockDevice => FileType.BlockDevice,
        FileKind.CharacterDevice => FileType.CharacterDevice,
        _ => FileType.File,
    };
}
