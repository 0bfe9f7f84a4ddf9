using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>Resolves symbolic links. See realpath(3), access(2).</summary>
internal static partial class RealPath
{
    private const int XOk = 1;

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

    /// <summary>True when the agent may execute the file.</summary>
    public static bool IsExecutable(string path) => access(path, XOk) == 0;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* realpath(string path, byte* resolved);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);
}
