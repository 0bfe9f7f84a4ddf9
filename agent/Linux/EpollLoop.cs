using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <summary>
/// A thread that waits for many descriptors, so that an idle agent has no timer, no busy thread and no wake-up at all. Edge-triggered, as a virtio-serial port without a host is readable and hung up for ever.
/// </summary>
internal sealed unsafe class EpollLoop : IDisposable
{
    private const int BatchSize = 64;
    private const int StackBytes = 256 * 1024;

    // With room for a conversation: what is mapped and not touched is no memory.
    private const int InlineStackBytes = 1024 * 1024;

    // Tokens, not pointers or descriptor numbers: an event fetched before a removal finds no registration any more.
    private const ulong WakeUpToken = 0;

    private const uint AllEdges =
        LibC.EPOLLIN | LibC.EPOLLPRI | LibC.EPOLLOUT | LibC.EPOLLRDHUP | LibC.EPOLLET;

    private readonly ConcurrentDictionary<ulong, EpollRegistration> _registrations = new();
    private readonly SafeFileHandle _epoll = LibC.epoll_create1(LibC.EPOLL_CLOEXEC).OrThrow("epoll_create1");
    private readonly EventDescriptor _wakeUp = new();
    private readonly Thread _thread;
    private ulong _lastToken = WakeUpToken;
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="runsInline">
    /// True runs what waits for a descriptor in the loop's thread: one thread hop less for each message, for code that
    /// never blocks. False leaves it to the thread pool.
    /// </param>
    public EpollLoop(bool runsInline = false)
    {
        RunsInline = runsInline;
        Add(_wakeUp.Handle, WakeUpToken);
        _thread = runsInline
            ? new Thread(Run, InlineStackBytes) { IsBackground = true, Name = "channels" }
            : new Thread(Run, StackBytes) { IsBackground = true, Name = "epoll" };
        _thread.Start();
    }

    /// <summary>Whether what waits for a descriptor goes on in the loop's thread.</summary>
    public bool RunsInline { get; }

    /// <summary>How many descriptors the loop watches.</summary>
    public int Count => _registrations.Count;

    /// <summary>Watches a descriptor; what is ready already arrives as the first edge.</summary>
    /// <param name="descriptor">Pollable and non-blocking; its registration must be disposed before it is closed.</param>
    public EpollRegistration Register(SafeHandle descriptor)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
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

    /// <summary>Stops the thread and removes every registration.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _wakeUp.Set();
            // In the loop's own thread, what runs inline ends the loop when it returns.
            if (Thread.CurrentThread != _thread)
            {
                _thread.Join();
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
        if (LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, registration.Descriptor, null) < 0)
        {
            throw LinuxException.FromLastError("epoll_ctl(EPOLL_CTL_DEL)");
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
        byte* memory = stackalloc byte[EpollEvents.LargestSize];
        EpollEvents events = new(new Span<byte>(memory, EpollEvents.LargestSize));
        events[0] = (AllEdges, token);
        // SAFETY: the kernel reads one event from the local buffer, which is large enough on every architecture.
        if (LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_ADD, descriptor, memory) < 0)
        {
            throw LinuxException.FromLastError("epoll_ctl(EPOLL_CTL_ADD)");
        }
    }

    private void Run()
    {
        byte* memory = stackalloc byte[BatchSize * EpollEvents.LargestSize];
        EpollEvents events = new(new Span<byte>(memory, BatchSize * EpollEvents.LargestSize));
        while (!_stopping)
        {
            // SAFETY: the kernel writes at most BatchSize events into a buffer of that many.
            int count = LibC.epoll_wait(_epoll, memory, BatchSize, timeout: -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                // Impossible by epoll_wait(2); going on would leave every descriptor deaf, so let the process end loudly.
                throw LinuxException.FromLastError("epoll_wait");
            }

            for (int i = 0; i < count; i++)
            {
                (uint flags, ulong token) = events[i];
                if (_registrations.TryGetValue(token, out EpollRegistration? registration))
                {
                    registration.Set(ToReadiness(flags));
                }
            }
        }
    }

    internal static Readiness ToReadiness(uint events)
    {
        Readiness readiness = Readiness.None;
        readiness |= (events & (LibC.EPOLLIN | LibC.EPOLLPRI)) != 0 ? Readiness.Input : 0;
        readiness |= (events & LibC.EPOLLOUT) != 0 ? Readiness.Output : 0;
        readiness |= (events & (LibC.EPOLLHUP | LibC.EPOLLRDHUP)) != 0 ? Readiness.HangUp : 0;
        readiness |= (events & LibC.EPOLLERR) != 0 ? Readiness.Error : 0;
        return readiness;
    }
}
