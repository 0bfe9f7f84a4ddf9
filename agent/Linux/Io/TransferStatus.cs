using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Io;

/// <summary>How a non-blocking read or write ended; every other outcome is a <see cref="LinuxException"/>.</summary>
internal enum TransferStatus
{
    /// <summary>Bytes were moved, at least one.</summary>
    Moved,

    /// <summary>Nothing can be moved now (EAGAIN): wait for readiness.</summary>
    WouldBlock,

    /// <summary>
    /// A read gave 0. For a pipe the end; for a virtio-serial port "no host is attached", which may change.
    /// </summary>
    Nothing,
}
