namespace GuestAgent.Workloads;

/// <summary>One entry of an archive.</summary>
/// <param name="Name">Its path as the archive has it: any bytes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">How long the file is.</param>
/// <param name="Extents">What of it is stored, in this order; one extent unless the file is sparse.</param>
/// <param name="IsExecutable">Whether its owner may execute it.</param>
/// <param name="LinkName">Where a symbolic link leads, or what a hard link is one more name of: any bytes but NUL.</param>
internal sealed record TarEntry(
    byte[] Name, TarKind Kind, long Size, IReadOnlyList<TarExtent> Extents, bool IsExecutable, byte[] LinkName);
