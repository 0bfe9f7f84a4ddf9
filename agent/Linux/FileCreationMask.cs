using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>Narrows the permissions of files made until it is disposed. Process-wide: for the start only. See umask(2).</summary>
internal readonly partial struct FileCreationMask : IDisposable
{
    private readonly uint _former;

    /// <summary>Takes the permissions of <paramref name="mask"/> away from files made from now on.</summary>
    public FileCreationMask(uint mask) => _former = umask(mask);

    /// <summary>Restores the former mask.</summary>
    public void Dispose() => _ = umask(_former);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
}
