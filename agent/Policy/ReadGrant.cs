using GuestAgent.Dispatch;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>Permission to read one file or directory, which it holds open. Made by <see cref="PathPolicy"/> alone.</summary>
/// <param name="place">Where it is; there is a target.</param>
internal sealed class ReadGrant(Place place) : IGrant, IDisposable
{
    /// <summary>Its real path.</summary>
    public KernelPath Path => place.Path!;

    /// <summary>What may be read, opened with O_PATH: reopen it, never look it up again.</summary>
    public SafeFileHandle Target => place.Target!;

    /// <inheritdoc/>
    public string Subject => Path.ToString();

    /// <inheritdoc/>
    public string? Rule => PathPolicy.ReadRule;

    /// <inheritdoc/>
    public void Dispose() => place.Dispose();
}
