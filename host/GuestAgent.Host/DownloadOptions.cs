namespace GuestAgent.Host;

/// <summary>What <see cref="GuestFiles.DownloadAsync"/> reads. Offsets are checked where they are set.</summary>
public sealed record DownloadOptions
{
    /// <summary>All defaults.</summary>
    public static readonly DownloadOptions Default = new();

    /// <summary>First byte to read, from 0: where an earlier download stopped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long Offset
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Offset), value, "must not be negative");
    }

    /// <summary>
    /// Most bytes to read, above 0; to the end of the file when null. Set it where the guest is not trusted with the space
    /// of the destination: the guest tells how long its files are.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public long? Length
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Length), value, "must be above 0");
    }

    /// <summary>
    /// The version that the file must have, as an earlier download of its beginning told; any when null. Another one is
    /// <see cref="TransferFailure.FileChanged"/>.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>
    /// True, the default, has the guest compute the SHA-256 of what was read and compares it. Files without a size, as in
    /// /proc, or with a larger one than they have, as in /sys, are made anew each time and not compared.
    /// </summary>
    public bool Verify { get; init; } = true;

    /// <summary>
    /// True keeps holes of 64 KiB and more: the guest does not send them, and in the destination, which must be able to seek and be
    /// empty from where it stands, nothing is written in their place. The SHA-256 of the result is then that of the SHA-256s of its
    /// blocks of 1 MiB. An agent that does not know of holes sends zeros, as without it.
    /// </summary>
    public bool Sparse { get; init; }
}
