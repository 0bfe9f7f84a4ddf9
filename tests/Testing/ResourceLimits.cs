using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Testing;

/// <summary>Limits of a running program of the same user, setrlimit(2).</summary>
public static unsafe partial class ResourceLimits
{
    private const int RLIMIT_FSIZE = 1;
    private const int RLIMIT_NOFILE = 7;

    /// <summary>Sets the size of files that it may write.</summary>
    public static void SetFileSize(int pid, long bytes) => Set(pid, RLIMIT_FSIZE, bytes);

    /// <summary>Sets the number that a new descriptor may not reach; those that are open stay open.</summary>
    /// <returns>The number before.</returns>
    public static long SetDescriptors(int pid, long number) => Set(pid, RLIMIT_NOFILE, number);

    // The hard limit stays where it was, so that it can be raised again.
    private static long Set(int pid, int resource, long value)
    {
        long* limit = stackalloc long[2];
        // SAFETY: struct rlimit has two numbers.
        Check(prlimit(pid, resource, null, limit));
        long former = limit[0];
        limit[0] = value;
        // SAFETY: the former ones are not asked for.
        Check(prlimit(pid, resource, limit, null));
        return former;
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"prlimit: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prlimit(int pid, int resource, long* limit, long* former);
}
