using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// Permission to change what is, or will be, at one place: to make, replace, rename and remove it. Holds the directory open;
/// what is done goes by <see cref="Directory"/> and names in it. Made by <see cref="PathPolicy"/> alone.
/// </summary>
/// <param name="place">The place.</param>
/// <param name="parameter">The parameter that names it.</param>
internal sealed class WriteGrant(Place place, string parameter) : IGrant, IDisposable
{
    private bool _kept;

    /// <summary>Its real path, also of what does not exist yet.</summary>
    public KernelPath Path => place.Path!;

    /// <summary>The deepest directory that exists, opened with O_PATH.</summary>
    public SafeFileHandle Directory => place.Directory;

    /// <summary>Directories to be made below <see cref="Directory"/> first, one in the other; mostly none.</summary>
    public IEnumerable<FileName> MissingDirectories => place.Names.SkipLast(1);

    /// <summary>The last component.</summary>
    /// <exception cref="OperationException">The path is <c>/</c>, or a link to a directory above: nothing that has a name
    /// of its own there.</exception>
    public FileName Name => place.Names.Count > 0
        ? place.Names[^1]
        : throw OperationException.InvalidParameter(parameter, "This directory has no name that could be changed.");

    /// <summary>
    /// What is there, opened with O_PATH; null when nothing is. Another file may have taken the name since.
    /// </summary>
    public SafeFileHandle? Target => place.Target;

    /// <inheritdoc/>
    public string Subject => Path.ToString();

    /// <inheritdoc/>
    public string? Rule => PathPolicy.WriteRule;

    /// <summary>Takes the place out of the grant, for what lives longer than the call: it is the caller's to dispose.</summary>
    public Place Keep()
    {
        _kept = true;
        return place;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_kept)
        {
            place.Dispose();
        }
    }
}
