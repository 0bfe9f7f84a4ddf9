namespace GuestAgent.Execution;

/// <summary>
/// What a child has used, by the kernel's own account. Not its peak of memory: the kernel counts into that what the
/// process had before its exec, and between vfork and exec that was the agent's.
/// </summary>
/// <param name="UserTime">Processor time in user mode.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
internal readonly record struct ResourceUsage(TimeSpan UserTime, TimeSpan SystemTime);
