using Tmds.Linux;

namespace GuestAgent.Cli.Local;

/// <summary>Permission bits on their way between a guest and this host.</summary>
internal static class PermissionBits
{
    /// <summary>Read, write, execute for all three.</summary>
    public const UnixFileMode Plain = (UnixFileMode)0b111_111_111;

    /// <summary>The same and the sticky bit: all that a copy may have. Never setuid or setgid, which make a file run as others.</summary>
    public const UnixFileMode Copied = Plain | UnixFileMode.StickyBit;

    /// <summary>For everybody to read and the owner to write.</summary>
    public const UnixFileMode Usual = (UnixFileMode)0b110_110_110;

    /// <summary>What the owner of a directory needs while something is put into it.</summary>
    public const UnixFileMode Owner = (UnixFileMode)0b111_000_000;

    /// <summary>The bits that this process takes from what it makes, umask(2).</summary>
    public static UnixFileMode Mask { get; } = ReadMask();

    // It can only be exchanged: everything is taken for a moment, so that what another thread makes then is no more open than wanted.
    private static UnixFileMode ReadMask()
    {
        mode_t mask = LibC.umask((ushort)Plain);
        _ = LibC.umask(mask);
        return (UnixFileMode)(ushort)mask & Plain;
    }
}
