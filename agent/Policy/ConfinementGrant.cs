namespace GuestAgent.Policy;

/// <summary>How a program of a host is shut in. Part of a <see cref="WorkloadGrant"/>.</summary>
/// <param name="IsRequired">Whether it must not run where the guest lacks a part of the confinement.</param>
/// <param name="HasNetwork">Whether it has the guest's network.</param>
/// <param name="WritePaths">What it may change besides its own directory.</param>
/// <param name="HiddenDirectories">Directories of other runtimes' programs, which it does not see.</param>
/// <param name="MemoryBytes">Most memory; null for no bound.</param>
/// <param name="MaxProcesses">Most processes and threads; null for no bound.</param>
/// <param name="CpuPercent">Most processor time, 100 for one processor; null for no bound.</param>
internal sealed record ConfinementGrant(
    bool IsRequired,
    bool HasNetwork,
    IReadOnlyList<string> WritePaths,
    IReadOnlyList<string> HiddenDirectories,
    long? MemoryBytes,
    int? MaxProcesses,
    int? CpuPercent);
