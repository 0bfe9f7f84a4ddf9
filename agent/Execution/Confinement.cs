using System.Runtime.InteropServices;

namespace GuestAgent.Execution;

/// <summary>What shuts a program in with its own directory.</summary>
internal sealed record Confinement
{
    /// <summary>The directory, which it may change.</summary>
    public required SafeHandle Directory { get; init; }

    /// <summary>
    /// Another one, which it sees as <c>/tmp</c>: empty, and the agent's own, which no other user can enter. The program's user
    /// gets it when all is mounted.
    /// </summary>
    public required SafeHandle Scratch { get; init; }

    /// <summary>Absolute paths of more places that it may change, as far as its user may; one that is missing stays so.</summary>
    public IReadOnlyList<string> WritePaths { get; init; } = [];

    /// <summary>Absolute paths of directories, of which it sees nothing but its own directory.</summary>
    public IReadOnlyList<string> HiddenDirectories { get; init; } = [];

    /// <summary>What is tried.</summary>
    public ConfinementParts Wanted { get; init; } = ConfinementParts.Usual;

    /// <summary>That without which it must not be started.</summary>
    public ConfinementParts Demanded { get; init; }

    /// <summary>Bounds on what it uses.</summary>
    public ResourceLimits Limits { get; init; }
}
