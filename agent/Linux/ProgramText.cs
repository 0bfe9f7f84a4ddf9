using System.Globalization;
using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>The machine code of this process, as the kernel has mapped it from the program's file.</summary>
internal static unsafe partial class ProgramText
{
    private const int MADV_DONTNEED = 4;

    /// <summary>
    /// Takes its pages out of this process. The kernel maps sixteen pages where one is used, and a start uses much that is
    /// never used again; what is needed comes back from the page cache, page by page.
    /// </summary>
    public static void Unmap()
    {
        foreach (string line in TryReadMaps())
        {
            // Code is never written to. Read-only data is left alone: some of it was written before it became read-only.
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is [var range, "r-xp", _, _, not "0", ..]
                && range.Split('-') is [var first, var last]
                && nuint.TryParse(first, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nuint start)
                && nuint.TryParse(last, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nuint end))
            {
                // SAFETY: a private mapping of a file, unchanged, is read again from that file; proc(5), madvise(2).
                _ = madvise((void*)start, end - start, MADV_DONTNEED);
            }
        }
    }

    private static string[] TryReadMaps()
    {
        try
        {
            return File.ReadAllLines("/proc/self/maps");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, or no descriptor left: the pages stay, which is no reason to end.
            return [];
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
