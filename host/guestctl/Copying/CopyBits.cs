using GuestAgent.Cli.Local;

namespace GuestAgent.Cli.Copying;

/// <summary>The permission bits of copies: the source's, and where they need not be the same less the umask, as those of cp(1).</summary>
internal static class CopyBits
{
    /// <summary>Bits of something new.</summary>
    /// <param name="source">Those of the source.</param>
    /// <param name="exact">True for just the same.</param>
    public static UnixFileMode Of(UnixFileMode source, bool exact) =>
        source & PermissionBits.Copied & (exact ? PermissionBits.Copied : ~PermissionBits.Mask);

    /// <summary>
    /// Bits of a directory while something is put into it: never more open to others than when it is complete, and open to its
    /// owner.
    /// </summary>
    /// <param name="final">Its bits when it is complete.</param>
    public static UnixFileMode WhileFilled(UnixFileMode final) => (final & PermissionBits.Plain) | PermissionBits.Owner;

    /// <summary>As the agent takes them.</summary>
    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, toBase: 8).PadLeft(4, '0');
}
