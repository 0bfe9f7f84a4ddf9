namespace GuestAgent.Processes;

/// <summary>What a child has used, by the kernel's own account.</summary>
/// <param name="UserTime">Processor time in user mode.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
/// <param name="PeakResidentBytes">Largest resident set of any one process of it.</param>
internal readonly record struct ResourceUsage(TimeSpan UserTime, TimeSpan SystemTime, long PeakResidentBytes);
