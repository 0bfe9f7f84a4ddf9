using System.Runtime.InteropServices;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Writes to a descriptor that the agent shares with others, such as standard error, without waiting for who reads it and
/// without making it non-blocking for the others: O_NONBLOCK is a property of the open file description, which they share too.
/// Pipes and terminals are opened once more (proc_pid_fd(5)), sockets are written with MSG_DONTWAIT, files never wait.
/// </summary>
internal sealed unsafe class SharedOutput
{
    private readonly SafeFileHandle _file;
    private readonly bool _isSocket;

    private SharedOutput(SafeFileHandle file, bool isSocket = false, bool mayWait = false)
    {
        _file = file;
        _isSocket = isSocket;
        MayWait = mayWait;
    }

    /// <summary>True when nothing keeps a write from waiting: it is left to a thread that may.</summary>
    public bool MayWait { get; }

    /// <summary>Finds the way to write to a descriptor, which stays open and is not closed; what is written to one that is not
    /// open is lost.</summary>
    public static SharedOutput Open(int descriptor)
    {
        SafeFileHandle shared = new(descriptor, ownsHandle: false);
        int flags = NativeMethods.fcntl(shared, LibC.F_GETFL, 0);
        if (flags < 0)
        {
            // Its number may be given to something else at any time.
            return new SharedOutput(new SafeFileHandle());
        }

        return FileStatus.Of(shared).Kind switch
        {
            FileKind.Socket => new SharedOutput(shared, isSocket: true),
            FileKind.Regular => new SharedOutput(shared),
            _ when (flags & LibC.O_NONBLOCK) != 0 => new SharedOutput(shared),
            _ => OpenAgain(shared),
        };
    }

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>The number of bytes; 0 when there is no room now.</returns>
    /// <exception cref="LinuxException">It cannot be written: nobody reads it (EPIPE), a disk is full (ENOSPC).</exception>
    public int TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (_file.IsInvalid)
        {
            throw new LinuxException("write", Errno.EBADF);
        }

        fixed (byte* start = bytes)
        {
            while (true)
            {
                // SAFETY: the bytes are pinned, and the kernel reads no more than there are.
                nint count = _isSocket
                    ? NativeMethods.send(_file, start, (nuint)bytes.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL)
                    : NativeMethods.write(_file, start, bytes.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno == Errno.EAGAIN)
                {
                    return 0;
                }

                if (errno != Errno.EINTR)
                {
                    throw new LinuxException("write", errno);
                }
            }
        }
    }

    /// <summary>Waits until there is room, or a write fails; it may return early.</summary>
    public void WaitForRoom()
    {
        pollfd row = new() { fd = (int)_file.DangerousGetHandle(), events = (short)LibC.EPOLLOUT };
        // SAFETY: one row, on the stack; the descriptor is never closed.
        _ = NativeMethods.poll(&row, 1, timeout: -1);
    }

    // Refused where the file belongs to somebody else (EACCES), or nobody reads it now (ENXIO).
    private static SharedOutput OpenAgain(SafeFileHandle shared)
    {
        try
        {
            return new SharedOutput(ProcDescriptor.Reopen(shared, LibC.O_WRONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY));
        }
        catch (LinuxException)
        {
            return new SharedOutput(shared, mayWait: true);
        }
    }
}
