using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Support;

/// <summary>Limits the size of files that a running program may write, setrlimit(2).</summary>
public static unsafe partial class FileSizeLimit
{
    private const int RLIMIT_FSIZE = 1;

    /// <summary>Sets the limit of a process of the same user.</summary>
    public static void Set(int pid, long bytes)
    {
        long* limit = stackalloc long[2];
        limit[0] = limit[1] = bytes;
        // SAFETY: struct rlimit has two numbers; the former ones are not asked for.
        if (prlimit(pid, RLIMIT_FSIZE, limit, null) != 0)
        {
            throw new InvalidOperationException($"prlimit: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prlimit(int pid, int resource, long* limit, long* former);
}
