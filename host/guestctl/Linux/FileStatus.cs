using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Linux;

/// <summary>What statx(2) tells of a file of this host.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="Size">Its size in bytes.</param>
internal readonly record struct FileStatus(FileKind Kind, UnixFileMode Mode, long Size)
{
    private const uint StatxBasicStats = 0x7ff;
    private const int TypeBits = 0xf000;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    /// <summary>What is at a path.</summary>
    /// <param name="path">The path, as the user named it.</param>
    /// <param name="follow">False for a symbolic link itself.</param>
    public static FileStatus Of(string path, bool follow) => From(
        LibC.Statx(LibC.AT_FDCWD, path, follow ? 0 : LibC.AT_SYMLINK_NOFOLLOW, StatxBasicStats, out var buffer), path, buffer);

    /// <summary>What is under a name in a directory; a symbolic link is not followed.</summary>
    public static FileStatus Of(SafeFileHandle directory, string name) => From(
        LibC.Statx(directory, name, LibC.AT_SYMLINK_NOFOLLOW, StatxBasicStats, out var buffer), name, buffer);

    /// <summary>What is open.</summary>
    public static FileStatus Of(SafeFileHandle file) =>
        From(LibC.Statx(file, "", LibC.AT_EMPTY_PATH, StatxBasicStats, out var buffer), "", buffer);

    private static FileStatus From(int result, string path, LibC.StatxBuffer buffer)
    {
        if (result != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno is NoSuchFile or NotADirectory
                ? default
                : throw new NoInputException($"cannot look at {path}: {Marshal.GetPInvokeErrorMessage(errno)}");
        }

        FileKind kind = (buffer.Mode & TypeBits) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xa000 => FileKind.Link,
            _ => FileKind.Special,
        };
        return new FileStatus(kind, (UnixFileMode)(buffer.Mode & 0xfff), (long)Math.Min(buffer.Size, long.MaxValue));
    }
}
