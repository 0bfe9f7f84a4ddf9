using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Io;

/// <summary>An eventfd: lets one thread wake another that waits in epoll.</summary>
internal sealed unsafe class EventDescriptor : IDisposable
{
    private readonly SafeFileHandle _handle =
        NativeMethods.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK).OrThrow("eventfd");

    /// <summary>What to register in epoll.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>Makes it readable.</summary>
    public void Set()
    {
        ulong one = 1;
        // SAFETY: an eventfd takes the eight bytes of a local. It refuses only when its counter is full, and then it is
        // readable already.
        _ = NativeMethods.write(_handle, (byte*)&one, sizeof(ulong));
    }

    public void Dispose() => _handle.Dispose();
}
