namespace GuestAgent.Host;

/// <summary>How <see cref="GuestFiles.CreateDirectoryAsync"/> makes a directory.</summary>
public sealed record DirectoryOptions
{
    /// <summary>All defaults.</summary>
    public static readonly DirectoryOptions Default = new();

    /// <summary>True makes missing parents too, mode 0755, and takes an existing directory for success.</summary>
    public bool CreateParents { get; init; }

    /// <summary>Permission bits in octal; 0755 by default.</summary>
    public string? Permissions { get; init; }

    /// <summary>Name or number of the owner; the agent's user by default.</summary>
    public string? Owner { get; init; }

    /// <summary>Name or number of the group; the agent's by default.</summary>
    public string? Group { get; init; }
}
