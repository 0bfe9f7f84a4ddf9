using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using GuestAgent.Processes;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>A process that the agent has not started, held so that a signal reaches it or nobody.</summary>
internal sealed class ForeignProcess : IDisposable
{
    private readonly SafeFileHandle? _pidfd;
    private readonly ProcessStat _stat;
    private readonly ProcessDetails _details;

    private ForeignProcess(ProcessStat stat, ProcessDetails details, SafeFileHandle? pidfd)
    {
        _stat = stat;
        _details = details;
        _pidfd = pidfd;
    }

    /// <summary>Whether it is a thread of the kernel.</summary>
    public bool IsKernelThread => _details.IsKernelThread;

    /// <summary>When it started, milliseconds since the epoch.</summary>
    public long StartedMs =>
        SystemClock.UnixMilliseconds - SystemClock.BootMilliseconds + (_stat.StartTime * ProcessDetails.MillisecondsPerTick);

    /// <summary>Whether it is the agent, or the agent descends from it.</summary>
    public bool IsOwnAncestor
    {
        get
        {
            HashSet<int> seen = [];
            for (int pid = Environment.ProcessId; pid > 0 && seen.Add(pid); pid = ProcessStat.TryRead(pid)?.ParentPid ?? 0)
            {
                if (pid == _stat.Pid)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Null when there is none of that number, or only what is left of it.</summary>
    /// <exception cref="LinuxException">The kernel refuses to open it.</exception>
    public static ForeignProcess? TryOpen(int pid)
    {
        SafeFileHandle pidfd = NativeMethods.pidfd_open(pid, 0);
        if (pidfd.IsInvalid && Marshal.GetLastPInvokeError() is var error and not Errno.ENOSYS)
        {
            // A thread that is not its process's first is EINVAL, and ENOENT for newer kernels.
            return error is Errno.ESRCH or Errno.EINVAL or Errno.ENOENT ? null : throw new LinuxException("pidfd_open", error);
        }

        // Read after it was opened: if the number has another owner now, the pidfd's own process is gone.
        if (ProcessDetails.TryRead(pid) is not var (stat, details) || !stat.IsAlive)
        {
            pidfd.Dispose();
            return null;
        }

        if (pidfd.IsInvalid && !ProcessNumbers.Read().Contains(pid))
        {
            // A kernel before 5.3, and a thread, which /proc has and does not list: its number would stand for all its process,
            // which may be one that is protected.
            return null;
        }

        return new ForeignProcess(stat, details, pidfd.IsInvalid ? null : pidfd);
    }

    /// <summary>Sends a signal; false when the process is gone.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public unsafe bool Signal(int signal)
    {
        // Before Linux 5.3 there is only the number, which was this process's own a moment ago.
        // SAFETY: no siginfo is passed.
        int result = _pidfd is null ? LibC.kill(_stat.Pid, signal) : NativeMethods.pidfd_send_signal(_pidfd, signal, null, 0);
        return result == 0
            || (Marshal.GetLastPInvokeError() == Errno.ESRCH ? false : throw LinuxException.FromLastError("pidfd_send_signal"));
    }

    /// <inheritdoc/>
    public void Dispose() => _pidfd?.Dispose();
}
