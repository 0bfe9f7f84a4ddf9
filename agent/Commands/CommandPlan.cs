using GuestAgent.Execution;
using GuestAgent.Policy;

namespace GuestAgent.Commands;

/// <summary>What is to be run, where its output goes and when it ends at the latest.</summary>
/// <param name="Grant">The permission.</param>
/// <param name="Arguments">The whole argv.</param>
/// <param name="Environment">Variables added to the base environment.</param>
/// <param name="WorkingDirectory">Where it starts; null for the default.</param>
/// <param name="Stdout">Takes standard output; null for the null device.</param>
/// <param name="Stderr">Takes standard error; null for the null device.</param>
/// <param name="HasInput">True when standard input is a pipe, false when it is the null device.</param>
internal sealed record CommandPlan(
    CommandGrant Grant,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory,
    IOutputSink? Stdout,
    IOutputSink? Stderr,
    bool HasInput)
{
    /// <summary>How long it may run: what the permission says, less what was used up before the start.</summary>
    public TimeSpan TimeLimit { get; init; } = Grant.TimeLimit.Time;

    /// <summary>True when nothing that it has started may outlive it.</summary>
    public bool EndsDescendants { get; init; }

    /// <summary>What shuts it in; null for nothing.</summary>
    public Confinement? Confinement { get; init; }
}
