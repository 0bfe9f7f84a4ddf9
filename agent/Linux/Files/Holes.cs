using System.Runtime.InteropServices;
using GuestAgent.Sparse;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Files;

/// <summary>Data and holes of an open file.</summary>
internal static class Holes
{
    // Tmds.LibC has neither.
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>What begins at an offset of a file; see <see cref="HoleMap.At"/>.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static (long Data, long Hole) At(SafeHandle file, long offset, long size, long most) => HoleMap.At(
        offset, size, most, from => Seek(file, from, SeekData), from => Seek(file, from, SeekHole) ?? size);

    private static long? Seek(SafeHandle file, long from, int whence)
    {
        long found = NativeMethods.lseek(file, from, whence);
        return found >= 0 ? found : Marshal.GetLastPInvokeError() switch
        {
            // Nothing of the kind follows.
            Errno.ENXIO => null,
            // The file system does not know: all is data.
            Errno.EINVAL or Errno.EOPNOTSUPP => whence == SeekData ? from : null,
            _ => throw LinuxException.FromLastError("lseek"),
        };
    }
}
