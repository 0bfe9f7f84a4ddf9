using System.Runtime.InteropServices;
using GuestAgent.Sparse;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Host.Files;

/// <summary>Data and holes of a file of this host. Seeks in it: only for files that are read by offset, as <see cref="FileStream"/> does.</summary>
/// <param name="file">The file; must stay open.</param>
internal sealed class SourceHoles(SafeFileHandle file)
{
    // Tmds.LibC has neither.
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NothingFollows = 6;

    /// <summary>Holes of a stream, if it is a file that has any; null else.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="start">Where its content begins.</param>
    /// <param name="length">How long that is.</param>
    public static SourceHoles? Of(Stream stream, long start, long length)
    {
        if (!OperatingSystem.IsLinux() || stream is not FileStream { CanSeek: true } content)
        {
            return null;
        }

        var holes = new SourceHoles(content.SafeFileHandle);
        return holes.At(start, start + length, long.MaxValue) is { Hole: > 0 } ? holes : null;
    }

    /// <summary>What begins at an offset; see <see cref="HoleMap.At"/>.</summary>
    public (long Data, long Hole) At(long offset, long size, long most) =>
        HoleMap.At(offset, size, most, from => Seek(from, SeekData), from => Seek(from, SeekHole) ?? size);

    // What cannot be told is data, and reading it tells what is wrong.
    private long? Seek(long from, int whence)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            long found = Tmds.Linux.LibC.lseek((int)file.DangerousGetHandle(), from, whence);
            return found >= 0 ? found
                : whence == SeekData && Marshal.GetLastSystemError() != NothingFollows ? from
                : null;
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }
}
