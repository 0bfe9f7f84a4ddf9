using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Files;

/// <summary>
/// Resolves symbolic links, realpath(3). For what is told to people alone: where a path leads may change at any moment, so
/// that nothing is decided by it (<c>PathWalk</c> is for that).
/// </summary>
internal static partial class RealPath
{
    /// <summary>The absolute path without links, <c>.</c> and <c>..</c>; null when there is no such file.</summary>
    public static unsafe string? Of(string path)
    {
        // SAFETY: realpath with a null buffer returns memory of its own, or null; it is freed here exactly once.
        byte* resolved = realpath(path, null);
        if (resolved is null)
        {
            return null;
        }

        try
        {
            return Marshal.PtrToStringUTF8((nint)resolved);
        }
        finally
        {
            NativeMemory.Free(resolved);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* realpath(string path, byte* resolved);
}
