using GuestAgent.Linux.Files;


namespace GuestAgent.Warnings;

/// <summary>A directory, link or file that decides where a path leads.</summary>
/// <param name="path">Its path, free of links above it.</param>
/// <param name="status">What it is, a link not followed.</param>
internal sealed class ChainLink(string path, FileStatus status)
{
    /// <summary>Its path, free of links above it.</summary>
    public string Path => path;

    /// <summary>What it is, a link not followed.</summary>
    public FileStatus Status => status;
}
