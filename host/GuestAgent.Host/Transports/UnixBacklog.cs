namespace GuestAgent.Host.Transports;

/// <summary>
/// Looks into the backlog of a listening Unix socket. Connecting succeeds as soon as the connection is queued there,
/// and a server of one client, such as a QEMU chardev, takes the next one only when the first has gone.
/// </summary>
internal static class UnixBacklog
{
    // proc_net_unix(5): Num RefCount Protocol Flags Type St Inode Path. A queued connection bears the listener's path,
    // state 02 (connecting) and inode 0, for nobody has a descriptor of it yet.
    private const string Table = "/proc/net/unix";
    private const int Columns = 8;

    /// <summary>
    /// True when a connection to <paramref name="path"/>, spelled as the listener did, is not accepted yet.
    /// </summary>
    public static bool HoldsConnectionTo(string path)
    {
        try
        {
            return File.ReadLines(Table).Any(line => IsQueued(line, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the table nothing is known, which is not an error of the caller.
            return false;
        }
    }

    private static bool IsQueued(string line, string path) =>
        line.EndsWith(path, StringComparison.Ordinal)
        && line.Split(' ', Columns, StringSplitOptions.RemoveEmptyEntries)
            is [_, _, _, _, _, "02", "0", var bound]
        && bound == path;
}
