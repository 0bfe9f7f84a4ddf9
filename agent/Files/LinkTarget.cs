using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using GuestAgent.Linux.Files;

namespace GuestAgent.Files;

/// <summary>What a symbolic link says.</summary>
internal static class LinkTarget
{
    /// <summary>The target as it stands in the link; null when it is not UTF-8.</summary>
    /// <param name="link">The link, opened with O_PATH.</param>
    public static string? Read(SafeHandle link) =>
        link.ReadLink() is { } bytes && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
