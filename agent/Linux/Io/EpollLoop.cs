using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// A thread that waits for many descriptors, so that an idle agent has no timer, no busy thread and no wake-up at all.
/// Edge-triggered, as a virtio-serial port without a host is readable and hung up for ever. The thread starts with the first
/// descriptor: what nothing is asked of costs nothing.
/// </summary>
internal sealed unsafe class EpollLoop : IDisposable
{
    private const int BatchSize = 64;
    private const int StackBytes = 256 * 1024;

    // With room for a conversation: what is mapped and not touched is no memory.
    private const int InlineStackBytes = 1024 * 1024;

    // Tokens, not pointers or descriptor numbers: an event fetched before a removal finds no registration any more.
    private const ulong WakeUpToken = 0;

    private readonly ConcurrentDictionary<ulong, EpollRegistration> _registrations = new();
    private readonly SafeFileHandle _epoll = NativeMethods.epoll_create1(LibC.EPOLL_CLOEXEC).OrThrow("epoll_create1");
    private readonly EventDescriptor _wakeUp = new();
    private readonly Lock _starting = new();
    private volatile Thread? _thread;
    private volatile QuietAction? _quiet;
    private ulong _lastToken = WakeUpToken;
    private volatile bool _stopping;

    /// <summary>Creates a loop that watches nothing yet.</summary>
    /// <param name="runsInline">
    /// True runs what waits for a descriptor in the loop's thread: one thread hop less for each message, for code that
    /// never blocks. False leaves it to the thread pool.
    /// </param>
    public EpollLoop(bool runsInline = false)
    {
        RunsInline = runsInline;
        Add(_wakeUp.Handle, WakeUpToken);
    }

    /// <summary>Whether what waits for a descriptor goes on in the loop's thread.</summary>
    public bool RunsInline { get; }

    /// <summary>Whether it has ever had a descriptor to watch, and so a thread.</summary>
    public bool HasStarted => _thread is not null;

    /// <summary>How many descriptors the loop watches.</summary>
    public int Count => _registrations.Count;

    /// <summary>Watches a descriptor; what is ready already arrives as the first edge.</summary>
    /// <param name="descriptor">Pollable and non-blocking; its registration must be disposed before it is closed.</param>
    public EpollRegistration Register(SafeHandle descriptor)
    {
        Start();
        EpollRegistration registration = new(this, descriptor, Interlocked.Increment(ref _lastToken));
        _registrations[registration.Token] = registration;
        try
        {
            Add(descriptor, registration.Token);
        }
        catch (LinuxException)
        {
            _registrations.TryRemove(registration.Token, out _);
            throw;
        }

        return registration;
    }

    /// <summary>
    /// Has something done in the loop's thread when nothing has come for a time: once from now on, and once after each time that
    /// something has come. It needs neither a timer nor a thread of its own.
    /// </summary>
    /// <param name="time">How long, in whole milliseconds.</param>
    /// <param name="action">What is done; the loop does nothing else meanwhile.</param>
    public void WhenQuiet(TimeSpan time, Action action)
    {
        _quiet = new QuietAction((int)time.TotalMilliseconds, action);
        Start();
        _wakeUp.Set();
    }

    /// <summary>Stops the thread and removes every registration.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _wakeUp.Set();
            // In the loop's own thread, what runs inline ends the loop when it returns.
            Thread? thread;
            lock (_starting)
            {
                thread = _thread;
            }

            if (Thread.CurrentThread != thread)
            {
                thread?.Join();
            }

            RemoveAll();
        }

        _wakeUp.Dispose();
        _epoll.Dispose();
    }

    /// <summary>Called by a registration that ends, exactly once.</summary>
    internal void Remove(EpollRegistration registration)
    {
        if (!_registrations.TryRemove(registration.Token, out _))
        {
            return;
        }

        // SAFETY: the event is ignored for EPOLL_CTL_DEL and may be null since Linux 2.6.9.
        if (NativeMethods.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, registration.Descriptor, null) < 0)
        {
            throw LinuxException.FromLastError("epoll_ctl(EPOLL_CTL_DEL)");
        }
    }

    private void Start()
    {
        if (_thread is not null)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            return;
        }

        lock (_starting)
        {
            // Looked at in here: once Dispose has asked for the thread, none may begin.
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_thread is null)
            {
                Thread thread = RunsInline
                    ? new Thread(Run, InlineStackBytes) { IsBackground = true, Name = "channels" }
                    : new Thread(Run, StackBytes) { IsBackground = true, Name = "epoll" };
                thread.Start();
                _thread = thread;
            }
        }
    }

    private void RemoveAll()
    {
        // Closing the epoll descriptor takes the kernel's side of every registration with it.
        foreach (EpollRegistration registration in _registrations.Values)
        {
            registration.Set(Readiness.Removed);
        }

        _registrations.Clear();
    }

    private void Add(SafeHandle descriptor, ulong token)
    {
        epoll_event allEdges = new()
        {
            events = LibC.EPOLLIN | LibC.EPOLLPRI | LibC.EPOLLOUT | LibC.EPOLLRDHUP | LibC.EPOLLET,
            data = new epoll_data_t { u64 = token },
        };
        // SAFETY: the kernel reads one event, which is local.
        if (NativeMethods.epoll_ctl(_epoll, LibC.EPOLL_CTL_ADD, descriptor, &allEdges) < 0)
        {
            throw LinuxException.FromLastError("epoll_ctl(EPOLL_CTL_ADD)");
        }
    }

    private void Run()
    {
        epoll_event* events = stackalloc epoll_event[BatchSize];
        QuietAction? done = null;
        while (!_stopping)
        {
            QuietAction? quiet = _quiet;
            bool isDue = quiet is not null && quiet != done;
            // SAFETY: the kernel writes at most BatchSize events into a buffer of that many.
            int count = NativeMethods.epoll_wait(_epoll, events, BatchSize, isDue ? quiet!.Milliseconds : -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                // Impossible by epoll_wait(2); going on would leave every descriptor deaf, so let the process end loudly.
                throw LinuxException.FromLastError("epoll_wait");
            }

            if (count == 0)
            {
                quiet!.Action();
            }

            done = count == 0 ? quiet : null;
            for (int i = 0; i < count; i++)
            {
                // SAFETY: the kernel has written so many.
                if (_registrations.TryGetValue(events[i].data.u64, out EpollRegistration? registration))
                {
                    registration.Set(ToReadiness(events[i].events));
                }
            }
        }
    }

    private sealed record QuietAction(int Milliseconds, Action Action);

    internal static Readiness ToReadiness(int events)
    {
        Readiness readiness = Readiness.None;
        readiness |= (events & (LibC.EPOLLIN | LibC.EPOLLPRI)) != 0 ? Readiness.Input : 0;
        readiness |= (events & LibC.EPOLLOUT) != 0 ? Readiness.Output : 0;
        readiness |= (events & (LibC.EPOLLHUP | LibC.EPOLLRDHUP)) != 0 ? Readiness.HangUp : 0;
        readiness |= (events & LibC.EPOLLERR) != 0 ? Readiness.Error : 0;
        return readiness;
    }
}
