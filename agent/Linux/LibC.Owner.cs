using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <content>Giving files that nobody else can reach yet to their owner.</content>
internal static unsafe partial class LibC
{
    /// <summary>https://man7.org/linux/man-pages/man2/lchown.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string path, uint user, uint group);
}
