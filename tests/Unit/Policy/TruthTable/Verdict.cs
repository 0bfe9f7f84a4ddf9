namespace GuestAgent.Tests.Unit.Policy.TruthTable;

/// <summary>What becomes of a request, and how.</summary>
public enum Verdict
{
    /// <summary>Run by the rule's own path.</summary>
    RunByPath,

    /// <summary>The file that was found is run.</summary>
    RunHeld,

    /// <summary>No rule names the program.</summary>
    NotNamed,

    /// <summary>A rule names it, and it cannot be told what would run.</summary>
    Changeable,

    /// <summary>A rule names it, and there is none.</summary>
    Missing,

    /// <summary>It is no name of a program.</summary>
    Invalid,
}
