using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// A process that is no child of the agent, held by a pidfd: signals reach it or nobody, and its end is seen.
/// </summary>
internal sealed class TrackedProcess : IDisposable
{
    private readonly SafeFileHandle _pidfd;
    private readonly EpollRegistration _registration;

    private TrackedProcess(ProcessStat process, SafeFileHandle pidfd, EpollRegistration registration)
    {
        Process = process;
        _pidfd = pidfd;
        _registration = registration;
        Ended = WaitForEndAsync();
    }

    /// <summary>Who it is.</summary>
    public ProcessStat Process { get; }

    /// <summary>Completes with its end, or with this object's.</summary>
    public Task Ended { get; }

    /// <summary>Null when the process is gone, its number is another's by now, or the kernel has no pidfd.</summary>
    public static TrackedProcess? TryOpen(ProcessStat process, EpollLoop loop)
    {
        SafeFileHandle pidfd = NativeMethods.pidfd_open(process.Pid, 0);

        // Asked after the pidfd was opened: if it is still the same process now, it was the same then.
        if (pidfd.IsInvalid || ProcessStat.TryRead(process.Pid)?.StartTime != process.StartTime)
        {
            pidfd.Dispose();
            return null;
        }

        try
        {
            return new TrackedProcess(process, pidfd, loop.Register(pidfd));
        }
        catch (LinuxException)
        {
            // Out of epoll's memory: it gets its signals by the group and the next round.
            pidfd.Dispose();
            return null;
        }
    }

    /// <summary>Sends a signal; one that is gone misses it.</summary>
    public unsafe void Signal(int signal)
    {
        // SAFETY: no siginfo is passed.
        _ = NativeMethods.pidfd_send_signal(_pidfd, signal, null, 0);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _pidfd.Dispose();
    }

    private async Task WaitForEndAsync() => await _registration.WaitAsync(Readiness.Input, CancellationToken.None);
}
