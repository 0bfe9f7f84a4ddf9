namespace GuestAgent.Workloads;

/// <summary>Bytes of a file that an archive has; between its extents a file has zeros.</summary>
/// <param name="Offset">Where in the file they are.</param>
/// <param name="Length">How many.</param>
internal readonly record struct TarExtent(long Offset, long Length);
