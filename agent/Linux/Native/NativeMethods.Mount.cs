using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Native;

/// <content>File systems, for a process that is the first of its system.</content>
internal static unsafe partial class NativeMethods
{
    /// <summary>https://man7.org/linux/man-pages/man2/mount.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string type, ulong flags, void* data);
}
