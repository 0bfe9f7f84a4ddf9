namespace GuestAgent.Host;

/// <summary>How <see cref="GuestFiles.WriteTextAsync"/> and its like for bytes write.</summary>
public sealed record FileWriteOptions
{
    /// <summary>All defaults.</summary>
    public static readonly FileWriteOptions Default = new();

    /// <summary>True makes missing parent directories, mode 0755.</summary>
    public bool CreateDirectories { get; init; }

    /// <summary>
    /// Permission bits in octal, such as <c>0640</c>; setuid and setgid are refused. By default those of the file that
    /// is replaced, else 0644.
    /// </summary>
    public string? Permissions { get; init; }

    /// <summary>
    /// Name or number of the owner; by default that of the file that is replaced, else the agent's user.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>Name or number of the group; likewise.</summary>
    public string? Group { get; init; }

    /// <summary>True adds the bytes to the end of the file, which is not done in one step.</summary>
    public bool Append { get; init; }
}
