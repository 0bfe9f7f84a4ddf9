namespace GuestAgent.Cli.Linux;

/// <summary>What is under a name, as far as copying cares.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, pipe or socket.</summary>
    Special,
}
