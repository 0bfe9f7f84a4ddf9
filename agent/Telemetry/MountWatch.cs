using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Storage;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Telemetry;

/// <summary>Sees file systems mounted and unmounted: the kernel marks /proc/self/mountinfo, see proc_pid_mounts(5).</summary>
internal sealed class MountWatch : IChangeWatch
{
    private readonly SafeFileHandle _file;
    private readonly EpollRegistration _registration;

    private MountWatch(SafeFileHandle file, EpollRegistration registration)
    {
        _file = file;
        _registration = registration;
    }

    /// <inheritdoc/>
    public string Kind => "mounts";

    /// <summary>Null where there is no /proc.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static MountWatch? TryOpen(EpollLoop loop)
    {
        SafeFileHandle file = NativeMethods.open(MountTable.Path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        try
        {
            return new MountWatch(file, loop.Register(file.OrThrow(MountTable.Path)));
        }
        catch (LinuxException e)
        {
            file.Dispose();
            if (Errno.IsExhaustion(e.Errno))
            {
                throw;
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> NextAsync()
    {
        while (true)
        {
            // The file is always readable; a change is an error condition.
            Readiness readiness = await _registration.WaitAsync(Readiness.Input, CancellationToken.None);
            if (readiness.HasFlag(Readiness.Removed))
            {
                return false;
            }

            if (readiness.HasFlag(Readiness.Error))
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _file.Dispose();
    }
}
