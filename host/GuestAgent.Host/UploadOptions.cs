namespace GuestAgent.Host;

/// <summary>How <see cref="GuestFiles.UploadAsync"/> makes the file.</summary>
public sealed record UploadOptions
{
    /// <summary>All defaults.</summary>
    public static readonly UploadOptions Default = new();

    /// <summary>
    /// Size of the source in bytes, where it is known and the source cannot tell: room is reserved for it in the guest. The
    /// rest of the source's length by default, if it can seek.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long? Length
    {
        get;
        init => field = value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Length), value, "must not be negative");
    }

    /// <summary>True makes missing parent directories, mode 0755.</summary>
    public bool CreateDirectories { get; init; }

    /// <summary>
    /// Permission bits in octal, such as <c>0640</c>; setuid and setgid are refused. By default those of the file that is
    /// replaced, else 0644.
    /// </summary>
    public string? Permissions { get; init; }

    /// <summary>
    /// Name or number of the owner; by default that of the file that is replaced, else the agent's user.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>Name or number of the group; likewise.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// True keeps holes of 64 KiB and more: they are neither sent nor given room in the guest. Of a source that is a
    /// <see cref="FileStream"/> with holes on Linux, for an agent that takes them; else it means nothing. The SHA-256 of the result is
    /// then that of the SHA-256s of its blocks of 1 MiB. No room is reserved.
    /// </summary>
    public bool Sparse { get; init; }
}
