using Tmds.Linux;

namespace GuestAgent.Linux.Files;

/// <summary>Narrows the permissions of files made until it is disposed. Process-wide: for the start only. See umask(2).</summary>
internal readonly struct FileCreationMask : IDisposable
{
    private readonly mode_t _former;

    /// <summary>Takes the permissions of <paramref name="mask"/> away from files made from now on.</summary>
    public FileCreationMask(ushort mask) => _former = LibC.umask(mask);

    /// <summary>Restores the former mask.</summary>
    public void Dispose() => _ = LibC.umask(_former);
}
