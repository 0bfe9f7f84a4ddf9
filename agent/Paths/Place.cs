using GuestAgent.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Paths;

/// <summary>
/// Where a path leads: an open directory, and names in it. Everything that is done there later goes by this directory and
/// its names, never by the path again, so that nothing that happens to the path meanwhile leads anywhere else.
/// </summary>
/// <param name="directory">Opened with O_PATH: the deepest directory that exists.</param>
/// <param name="isSomewhere">False where what is missing would be above something that is missing, too.</param>
/// <param name="names">
/// What is below <paramref name="directory"/>: nothing for a path that ends in the directory itself (<c>/</c>, or a link to
/// <c>..</c>); one name for what exists, or whose directory exists; more when directories are missing.
/// </param>
/// <param name="target">What the path leads to, opened with O_PATH; null when it does not exist.</param>
/// <param name="errno">Why there is no target; 0 when there is.</param>
internal sealed class Place(
    SafeFileHandle directory, bool isSomewhere, IReadOnlyList<FileName> names, SafeFileHandle? target, int errno) : IDisposable
{
    private KernelPath? _path;
    private bool _isAsked;

    /// <summary>Opened with O_PATH: the deepest directory that exists.</summary>
    public SafeFileHandle Directory => directory;

    /// <summary>The real path of the whole, when it was first asked for; null when the kernel does not tell it.</summary>
    public KernelPath? Path
    {
        get
        {
            if (!_isAsked)
            {
                _path = isSomewhere ? KernelPath.Of(directory)?.Append(names) : null;
                _isAsked = true;
            }

            return _path;
        }
    }

    /// <summary>What is below <see cref="Directory"/>.</summary>
    public IReadOnlyList<FileName> Names => names;

    /// <summary>What the path leads to, opened with O_PATH; null when it does not exist.</summary>
    public SafeFileHandle? Target => target;

    /// <summary>Why there is no target; 0 when there is.</summary>
    public int Errno => errno;

    /// <summary>
    /// The first directory on the way that others than the trusted can change; null when there is none, or when the walk was
    /// not about trust (<see cref="LinkRule.FollowTrusted"/>).
    /// </summary>
    public string? Weakness { get; init; }

    /// <summary>
    /// The real paths of the links that led here, as far as the kernel tells them; none when the walk was not about trust.
    /// </summary>
    public IReadOnlyList<KernelPath> Links { get; init; } = [];

    /// <summary>
    /// The real path of what is missing first, or is no way on; null when there is a target, or the kernel does not tell it.
    /// Unlike <see cref="Path"/> it is there where <see cref="IsSomewhere"/> is false.
    /// </summary>
    public KernelPath? Stop => target is null ? KernelPath.Of(directory)?.Append([names[0]]) : null;

    /// <summary>
    /// False where what is missing would be above something that is missing, too: where it would be depends on what is made there.
    /// </summary>
    public bool IsSomewhere => isSomewhere;

    /// <inheritdoc/>
    public void Dispose()
    {
        directory.Dispose();
        target?.Dispose();
    }
}
