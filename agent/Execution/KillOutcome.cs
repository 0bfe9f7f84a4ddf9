namespace GuestAgent.Execution;

/// <summary>What it took to end a command.</summary>
internal enum KillOutcome
{
    /// <summary>Everything had ended before.</summary>
    AlreadyGone,

    /// <summary>SIGTERM was enough.</summary>
    Terminated,

    /// <summary>SIGKILL was needed.</summary>
    Killed,

    /// <summary>Something outlives SIGKILL so far: a process in uninterruptible sleep, or one that forks too fast.</summary>
    StillAlive,
}
