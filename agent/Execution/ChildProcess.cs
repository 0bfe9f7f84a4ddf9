using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Execution;

/// <summary>
/// A running or ended child and the agent's ends of its streams. It stays a zombie from its exit until this object is
/// disposed, and that is on purpose: the kernel gives nobody else its number meanwhile, neither as a process nor as a
/// process group or session, so <see cref="Signal"/> can never reach a stranger.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ChildStreams _streams;
    private readonly AsyncDescriptor? _pidfd;
    private readonly ProgramChannel? _channel;
    private Task<ExitStatus>? _exit;
    private CommandCgroup? _cgroup;
    private bool _exited;
    private bool _disposed;
    private bool _reaped;

    /// <summary>Takes charge of a child just started.</summary>
    /// <param name="pid">Its number; also that of its process group and session.</param>
    /// <param name="streams">Its streams, closed with this object.</param>
    /// <param name="cgroup">Its cgroup, removed with this object.</param>
    /// <param name="loop">The loop that watches it.</param>
    /// <param name="channel">Leads to its launcher where it is confined, closed with this object.</param>
    public ChildProcess(
        int pid, ChildStreams streams, CommandCgroup? cgroup, EpollLoop loop, ProgramChannel? channel = null)
    {
        Pid = pid;
        _channel = channel;
        _streams = streams;
        _cgroup = cgroup;
        _pidfd = Pidfd.TryOpen(pid, loop);
    }

    /// <summary>Process id, and the id of its process group and session.</summary>
    public int Pid { get; }

    /// <summary>
    /// Whether <see cref="Pid"/> is the first process of a namespace that the program is in, and ends with everything in it.
    /// </summary>
    public bool HasInit => _channel?.HasInit == true;

    /// <summary>Writes to the child; dispose it to end its input. Null unless it is a pipe.</summary>
    public AsyncDescriptor? Stdin => _streams.Stdin;

    /// <summary>The child's output; null unless it is a pipe.</summary>
    public AsyncDescriptor? Stdout => _streams.Stdout;

    /// <summary>The child's error output; null unless it is a pipe.</summary>
    public AsyncDescriptor? Stderr => _streams.Stderr;

    /// <summary>Hands <see cref="Stdout"/> over: this object does not close it any more.</summary>
    public AsyncDescriptor? TakeStdout() => _streams.Take(1);

    /// <summary>Hands <see cref="Stderr"/> over: this object does not close it any more.</summary>
    public AsyncDescriptor? TakeStderr() => _streams.Take(2);

    /// <summary>Completes when the child itself has ended, whoever still holds its pipes.</summary>
    public Task<ExitStatus> Exited
    {
        get
        {
            // Recursive: a wait that ends at once notes the end under the same lock.
            lock (_lock)
            {
                return _exit ??= _pidfd is null ? WaitOnThread() : WaitForExitAsync(_pidfd);
            }
        }
    }

    /// <summary>Whether <see cref="Pid"/> still belongs to this child, alive or as a zombie.</summary>
    public bool HoldsPid
    {
        get
        {
            lock (_lock)
            {
                return !_reaped;
            }
        }
    }

    /// <summary>The cgroup that holds the child and all it starts, where there is one.</summary>
    public CommandCgroup? Cgroup
    {
        get
        {
            lock (_lock)
            {
                return _cgroup;
            }
        }
    }

    /// <summary>
    /// Blocks the thread for a moment to see the child end. A command that ends at once, as most do, is thus reported by
    /// the thread that started it, with one wake-up in place of four.
    /// </summary>
    /// <param name="patience">Longest wait, in whole milliseconds.</param>
    public bool EndsWithin(TimeSpan patience) =>
        _pidfd?.Poll(patience).HasFlag(Readiness.Input) == true && Exited.IsCompleted;

    /// <summary>Moves a running child into its cgroup. False, and the cgroup stays the caller's, when it has ended.</summary>
    public bool TryAdopt(CommandCgroup cgroup)
    {
        // Under the lock, although the move takes its time: the number stays the child's meanwhile.
        lock (_lock)
        {
            if (_exited || !CommandCgroup.TryMove(cgroup.ProcessesFile, Pid))
            {
                return false;
            }

            _cgroup = cgroup;
            return true;
        }
    }

    /// <summary>Sends a signal to the program, or to every member of its process group.</summary>
    /// <returns>False when nobody is left to receive it.</returns>
    public bool SignalProgram(int signal, bool group) =>
        HasInit ? _channel!.TrySignal(signal, group) : Signal(signal, group);

    /// <summary>Sends a signal to the child, or to every member of its process group.</summary>
    /// <returns>False when nobody is left to receive it.</returns>
    public bool Signal(int signal, bool group)
    {
        // kill(2) and no pidfd_send_signal(2): the lock and the zombie pin the number, which serves the group as well
        // and kernels without pidfd.
        lock (_lock)
        {
            if (_reaped)
            {
                return false;
            }

            if (LibC.kill(group ? -Pid : Pid, signal) == 0)
            {
                return true;
            }

            return Marshal.GetLastPInvokeError() == Errno.ESRCH
                ? false
                : throw LinuxException.FromLastError($"kill {Pid}");
        }
    }

    /// <summary>Closes the streams and reaps the child, now or as soon as it ends. Does not kill it.</summary>
    public void Dispose()
    {
        _streams.Dispose();
        lock (_lock)
        {
            // Somebody must see the end, to reap it.
            _ = Exited;
            _disposed = true;
            ReapIfDone();
        }
    }

    private async Task<ExitStatus> WaitForExitAsync(AsyncDescriptor pidfd)
    {
        while (true)
        {
            if (TryWait(NativeMethods.WNOHANG | NativeMethods.WNOWAIT) is { } status)
            {
                return status;
            }

            try
            {
                Readiness readiness = await pidfd.WaitAsync(Readiness.Input, CancellationToken.None);
                ObjectDisposedException.ThrowIf(readiness.HasFlag(Readiness.Removed), this);
            }
            catch (LinuxException)
            {
                // epoll has its own limits: fs.epoll.max_user_watches, memory.
                return await WaitOnThread();
            }
        }
    }

    /// <summary>For kernels before 5.3, which have no pidfd: a thread per child.</summary>
    private Task<ExitStatus> WaitOnThread() => Task.Factory.StartNew(
        WaitForExit, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ExitStatus WaitForExit()
    {
        while (true)
        {
            if (TryWait(NativeMethods.WNOWAIT) is { } status)
            {
                return status;
            }
        }
    }

    private unsafe ExitStatus? TryWait(int options)
    {
        NativeMethods.siginfo_t info = default;
        NativeMethods.rusage usage = default;
        // SAFETY: two local structures of the size that the kernel fills. The number is ours: only ReapIfDone frees it,
        // and not before this method has seen the end.
        int result = NativeMethods.waitid(NativeMethods.P_PID, Pid, &info, NativeMethods.WEXITED | options, &usage);
        int errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (errno == Errno.EINTR || (errno == 0 && info.si_pid == 0))
        {
            return null;
        }

        // A program in a namespace of its own has told how it ended; one that was killed with it has not.
        info = _channel?.TakeEnd()?.ToInfo() ?? info;

        lock (_lock)
        {
            _exited = true;
            // ECHILD: somebody else, such as a SIGCHLD handler of a library, took it and with it the number.
            _reaped = errno != 0;
            ReapIfDone();
        }

        return errno == 0 ? ExitStatus.From(info, usage) : ExitStatus.Unknown;
    }

    private unsafe void ReapIfDone()
    {
        if (!_exited || !_disposed)
        {
            return;
        }

        if (!_reaped)
        {
            // SAFETY: no output wanted; the zombie is ours and waits, so this neither blocks nor fails.
            _ = NativeMethods.waitid(NativeMethods.P_PID, Pid, null, NativeMethods.WEXITED | NativeMethods.WNOHANG, null);
            _reaped = true;
        }

        _pidfd?.Dispose();
        _channel?.Dispose();
        _cgroup?.Dispose();
        _cgroup = null;
    }
}
