using GuestAgent.Linux.Native;


namespace GuestAgent.Storage;

/// <summary>How full a file system is, statfs(2). May wait for ever, as a server may not answer.</summary>
/// <param name="TotalBytes">Its size.</param>
/// <param name="UsedBytes">What is used.</param>
/// <param name="AvailableBytes">What is left for users other than root.</param>
/// <param name="InodesTotal">Files that it can hold; 0 where it has no such limit.</param>
/// <param name="InodesUsed">Files that it holds.</param>
internal readonly record struct Capacity(
    long TotalBytes, long UsedBytes, long AvailableBytes, long InodesTotal, long InodesUsed)
{
    /// <summary>Used in percent of what there is for users other than root, with one decimal; what df shows, not rounded up.</summary>
    public double UsedPercent
    {
        get
        {
            double reachable = (double)UsedBytes + AvailableBytes;
            return reachable > 0 ? Math.Round(100 * (UsedBytes / reachable), 1) : 0;
        }
    }

    /// <summary>Asks the file system.</summary>
    /// <exception cref="LinuxException">It answers with an error.</exception>
    public static unsafe Capacity Of(string path)
    {
        NativeMethods.statfs_t result = default;
        // SAFETY: the structure has the size of struct statfs.
        return NativeMethods.statfs(path, &result) == 0
            ? From(
                (ulong)Math.Max(0, result.f_frsize),
                result.f_blocks,
                result.f_bfree,
                result.f_bavail,
                result.f_files,
                result.f_ffree)
            : throw LinuxException.FromLastError(path);
    }

    /// <summary>From the file system's own words, which need not make sense: nothing is below zero or wraps around.</summary>
    public static Capacity From(ulong block, ulong blocks, ulong free, ulong available, ulong files, ulong filesFree)
    {
        // Network file systems may tell more free than there is; ext4 may tell a negative number of available blocks.
        ulong left = (long)available < 0 ? 0 : available;
        return new Capacity(
            Times(blocks, block),
            Times(blocks - Math.Min(blocks, free), block),
            Times(left, block),
            Times(files, 1),
            Times(files - Math.Min(files, filesFree), 1));
    }

    private static long Times(ulong count, ulong size) =>
        size != 0 && count > long.MaxValue / size ? long.MaxValue : (long)(count * size);
}
