namespace GuestAgent.Execution;

/// <summary>What a confinement is made of, as far as kernel and guest have it. The numbers cross to the launcher.</summary>
[Flags]
internal enum ConfinementParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A PID namespace: no other process is seen or signalled, and all end with the program.</summary>
    Processes = 1 << 0,

    /// <summary>A mount namespace: own <c>/tmp</c>, <c>/proc</c>, <c>/dev/shm</c>, and no other program's directory.</summary>
    Mounts = 1 << 1,

    /// <summary>An IPC namespace: no System V objects and POSIX queues of others.</summary>
    Ipc = 1 << 2,

    /// <summary>A network namespace in which there is nothing but the loopback interface.</summary>
    Network = 1 << 3,

    /// <summary>A Landlock domain: nothing outside is changed.</summary>
    Landlock = 1 << 4,

    /// <summary>A bound on memory.</summary>
    MemoryLimit = 1 << 5,

    /// <summary>A bound on the number of processes.</summary>
    ProcessLimit = 1 << 6,

    /// <summary>A bound on processor time.</summary>
    CpuLimit = 1 << 7,

    /// <summary>What costs nobody anything, and is tried for every program.</summary>
    Usual = Processes | Mounts | Ipc | Landlock,

    /// <summary>What takes a cgroup.</summary>
    Limits = MemoryLimit | ProcessLimit | CpuLimit,
}
