using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Paths;

/// <summary>
/// Where a path leads: an open directory, and names in it. Everything that is done there later goes by this directory and
/// its names, never by the path again, so that nothing that happens to the path meanwhile leads anywhere else.
/// </summary>
/// <param name="directory">Opened with O_PATH: the deepest directory that exists.</param>
/// <param name="path">The real path of the whole; null when the kernel does not tell it.</param>
/// <param name="names">
/// What is below <paramref name="directory"/>: nothing for a path that ends in the directory itself (<c>/</c>, or a link to
/// <c>..</c>); one name for what exists, or whose directory exists; more when directories are missing.
/// </param>
/// <param name="target">What the path leads to, opened with O_PATH; null when it does not exist.</param>
/// <param name="errno">Why there is no target; 0 when there is.</param>
internal sealed class Place(
    SafeFileHandle directory, KernelPath? path, IReadOnlyList<FileName> names, SafeFileHandle? target, int errno) : IDisposable
{
    /// <summary>Opened with O_PATH: the deepest directory that exists.</summary>
    public SafeFileHandle Directory => directory;

    /// <summary>The real path of the whole; null when the kernel does not tell it.</summary>
    public KernelPath? Path => path;

    /// <summary>What is below <see cref="Directory"/>.</summary>
    public IReadOnlyList<FileName> Names => names;

    /// <summary>What the path leads to, opened with O_PATH; null when it does not exist.</summary>
    public SafeFileHandle? Target => target;

    /// <summary>Why there is no target; 0 when there is.</summary>
    public int Errno => errno;

    /// <inheritdoc/>
    public void Dispose()
    {
        directory.Dispose();
        target?.Dispose();
    }
}
