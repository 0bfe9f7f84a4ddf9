namespace GuestAgent.Execution;

/// <summary>What a program and all that it starts may use together.</summary>
/// <param name="MemoryBytes">Memory, in bytes, without any swap space; null for no bound.</param>
/// <param name="MaxProcesses">Processes and threads at once; null for no bound.</param>
/// <param name="CpuPercent">Processor time, 100 for one processor; null for no bound.</param>
internal readonly record struct ResourceLimits(long? MemoryBytes, int? MaxProcesses, int? CpuPercent)
{
    /// <summary>Threads of the first process of a program's namespace, which are counted with the program's.</summary>
    public const int InitThreads = 4;

    /// <summary>Which of them there are.</summary>
    public ConfinementParts Parts =>
        (MemoryBytes is null ? 0 : ConfinementParts.MemoryLimit)
        | (MaxProcesses is null ? 0 : ConfinementParts.ProcessLimit)
        | (CpuPercent is null ? 0 : ConfinementParts.CpuLimit);
}
