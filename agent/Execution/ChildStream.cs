namespace GuestAgent.Execution;

/// <summary>Where a standard stream of a child leads.</summary>
internal enum ChildStream
{
    /// <summary>To /dev/null: reads end at once, writes vanish.</summary>
    NullDevice,

    /// <summary>To the agent.</summary>
    Pipe,
}
