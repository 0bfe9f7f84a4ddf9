namespace GuestAgent.Processes;

/// <summary>Everything that decides how a child starts; nothing else of the agent reaches it.</summary>
internal sealed record ChildStart
{
    /// <summary>Absolute path of the program; neither PATH nor a shell is consulted.</summary>
    public required string FileName { get; init; }

    /// <summary>The whole argv, with the program's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as NAME=VALUE.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Where the child starts.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Whom the child runs as; null for the agent's own user, without a switch.</summary>
    public Account? Account { get; init; }

    /// <summary>What the child reads.</summary>
    public ChildStream Stdin { get; init; }

    /// <summary>Where its output goes.</summary>
    public ChildStream Stdout { get; init; } = ChildStream.Pipe;

    /// <summary>Where its error output goes.</summary>
    public ChildStream Stderr { get; init; } = ChildStream.Pipe;
}
