using System.Globalization;
using GuestAgent.Linux.Files;

namespace GuestAgent.Files;

/// <summary>Tells two contents of a file apart without reading them.</summary>
internal static class FileVersion
{
    /// <summary>A text that changes when the file is written, or another one takes its name.</summary>
    public static string Of(in FileStatus status) => string.Create(
        CultureInfo.InvariantCulture,
        $"{status.Device:x}-{status.Inode:x}-{status.SizeBytes:x}-{status.Modified.Seconds:x}.{status.Modified.Nanoseconds:x}");
}
