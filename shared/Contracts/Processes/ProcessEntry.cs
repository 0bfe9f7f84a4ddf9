namespace GuestAgent.Contracts.Processes;

/// <summary>One process.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="ParentPid">Its parent's number; 0 for none in the guest.</param>
/// <param name="Name">Its name as the kernel keeps it, at most 15 bytes for a program.</param>
/// <param name="Arguments">
/// Program and arguments, or null for a kernel thread and for one that has ended; at most 4096 bytes are read, what is not
/// UTF-8 becomes U+FFFD.
/// </param>
/// <param name="User">Name of its effective user, or null where /etc/passwd has none.</param>
/// <param name="UserId">Number of its effective user.</param>
/// <param name="State">
/// <c>running</c>, <c>sleeping</c>, <c>disk_sleep</c>, <c>stopped</c>, <c>tracing_stop</c>, <c>zombie</c>, <c>dead</c>,
/// <c>idle</c>, or the kernel's letter for one that is not known here.
/// </param>
/// <param name="Threads">How many threads it has.</param>
/// <param name="MemoryKb">Resident memory, KiB.</param>
/// <param name="CpuTimeMs">Processor time used by all its threads so far, milliseconds.</param>
/// <param name="StartedMs">When it started, milliseconds since the epoch; with the number, an identity.</param>
public sealed record ProcessEntry(
    int Pid,
    int ParentPid,
    string Name,
    IReadOnlyList<string>? Arguments,
    string? User,
    long UserId,
    string State,
    int Threads,
    long MemoryKb,
    long CpuTimeMs,
    long StartedMs);
