using System.Globalization;
using Tmds.Linux;

namespace GuestAgent.Linux.Files;

/// <summary>The code and constants of this process, as the kernel has mapped them from the program's file.</summary>
internal static unsafe class ProgramText
{
    /// <summary>
    /// Takes their pages out of this process. The kernel maps sixteen pages where one is used, and a start uses much that is
    /// never used again; what is needed comes back from the page cache, page by page.
    /// </summary>
    public static void Unmap()
    {
        (nuint Start, nuint End)? unwritten = null;
        foreach (string line in TryReadMappings())
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case [var range, ['r', '-', _, 'p'], _, _, not "0", ..]:
                    unwritten = Parse(range);
                    break;
                case [_, [_, _, _, 'p' or 's'], _, _, _, ..]:
                    unwritten = null;
                    break;
                // Some data was written before it became read-only.
                case ["Anonymous:" or "Swap:", not "0", ..]:
                    unwritten = null;
                    break;
                case ["Swap:", ..] when unwritten is var (start, end):
                    // SAFETY: a private mapping of a file, unchanged, is read again from that file; proc(5), madvise(2).
                    _ = LibC.madvise((void*)start, (size_t)(end - start), LibC.MADV_DONTNEED);
                    break;
            }
        }
    }

    private static (nuint Start, nuint End)? Parse(string range) =>
        range.Split('-') is [var first, var last]
        && nuint.TryParse(first, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nuint start)
        && nuint.TryParse(last, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nuint end)
            ? (start, end)
            : null;

    private static string[] TryReadMappings()
    {
        try
        {
            return File.ReadAllLines("/proc/self/smaps");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, or no descriptor left: the pages stay, which is no reason to end.
            return [];
        }
    }
}
