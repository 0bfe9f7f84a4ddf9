using System.Runtime.InteropServices;
using GuestAgent.Accounts;

namespace GuestAgent.Execution;

/// <summary>Everything that decides how a child starts; nothing else of the agent reaches it.</summary>
internal sealed record ChildStart
{
    /// <summary>Absolute path of the program; neither PATH nor a shell is consulted.</summary>
    public required string FileName { get; init; }

    /// <summary>The program itself, opened with O_PATH, where it is not to be looked up again; null otherwise.</summary>
    public SafeHandle? HeldProgram { get; init; }

    /// <summary>The whole argv, with the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=VALUE.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Where the child starts.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>
    /// That directory itself, opened with O_PATH, where the path must lead to nothing else; null otherwise. Another user
    /// still goes there by the path, which may be closed to him.
    /// </summary>
    public SafeHandle? HeldDirectory { get; init; }

    /// <summary>Whom the child runs as; null for the agent's own user, without a switch.</summary>
    public Account? Account { get; init; }

    /// <summary>Is told the child's number at once, before anything else; must not fail.</summary>
    public Action<int>? Spawned { get; init; }

    /// <summary>Whether a child that runs as another user, or confined, may gain privileges, and root keep its own.</summary>
    public bool NewPrivileges { get; init; }

    /// <summary>What shuts the child in; null for nothing.</summary>
    public Confinement? Confinement { get; init; }

    /// <summary>What the child reads.</summary>
    public ChildStream Stdin { get; init; }

    /// <summary>Where its output goes.</summary>
    public ChildStream Stdout { get; init; } = ChildStream.Pipe;

    /// <summary>Where its error output goes.</summary>
    public ChildStream Stderr { get; init; } = ChildStream.Pipe;
}
