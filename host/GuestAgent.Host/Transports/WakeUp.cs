using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Host.Transports;

/// <summary>Ends the wait of one thread for a descriptor: eventfd(2) beside it in a poll(2).</summary>
internal sealed class WakeUp : IDisposable
{
    private readonly SafeFileHandle _event = Create();

    /// <summary>Ends the wait, also one that has not begun.</summary>
    public unsafe void Set()
    {
        ulong one = 1;
        // SAFETY: the kernel reads eight bytes. It refuses only beyond 2^64 - 2 of such calls.
        _ = NativeMethods.write(_event, &one, sizeof(ulong));
    }

    /// <summary>Waits until there is something to read from a descriptor, or to take; or until it is woken up.</summary>
    public void WaitFor(SafeHandle descriptor) => WaitFor(descriptor, LibC.POLLIN);

    /// <summary>Waits until a descriptor is ready, or until it is woken up.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="events">For what, as poll(2) calls it.</param>
    public unsafe void WaitFor(SafeHandle descriptor, short events)
    {
        bool isHeld = false;
        bool isEventHeld = false;
        try
        {
            descriptor.DangerousAddRef(ref isHeld);
            _event.DangerousAddRef(ref isEventHeld);
            pollfd* both = stackalloc pollfd[2];
            both[0] = new pollfd { fd = (int)descriptor.DangerousGetHandle(), events = events };
            both[1] = new pollfd { fd = (int)_event.DangerousGetHandle(), events = LibC.POLLIN };
            // SAFETY: two structures, of descriptors that stay open meanwhile. Interrupted it returns, and the caller looks.
            _ = LibC.poll(both, 2, -1);
        }
        finally
        {
            if (isHeld)
            {
                descriptor.DangerousRelease();
            }

            if (isEventHeld)
            {
                _event.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();

    private static SafeFileHandle Create()
    {
        int descriptor = LibC.eventfd(0, LibC.EFD_CLOEXEC);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
