namespace GuestAgent.Cli.Local;

/// <summary>Permission bits of files that come from a guest.</summary>
internal static class PermissionBits
{
    /// <summary>Read, write, execute for all three: what a guest may ask for. Never setuid, setgid or the sticky bit.</summary>
    public const UnixFileMode Plain = (UnixFileMode)0b111_111_111;

    /// <summary>For everybody to read and the owner to write.</summary>
    public const UnixFileMode Usual = (UnixFileMode)0b110_110_110;
}
