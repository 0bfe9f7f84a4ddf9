using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Native;

/// <summary>The C library's heap, of which the runtime and this code use a few kilobytes.</summary>
internal static partial class NativeHeap
{
    // <malloc.h>, mallopt(3).
    private const int ArenaMax = -8;

    /// <summary>
    /// Keeps glibc from giving each thread a heap of its own, as it does to spare busy threads a wait for each other: here each
    /// would be some tens of kilobytes and a tenth of a millisecond for nothing. For threads that begin after this.
    /// </summary>
    /// <remarks>https://man7.org/linux/man-pages/man3/mallopt.3.html</remarks>
    public static void ShareAmongThreads() => _ = mallopt(ArenaMax, 1);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
