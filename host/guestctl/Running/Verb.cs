using System.CommandLine;

namespace GuestAgent.Cli.Running;

/// <summary>A verb of the command line, with an example for its help.</summary>
internal abstract class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>What its help shows at the end.</summary>
    public string Epilogue => $"Example:\n  {example}\n\n{ExitCodeTable}";

    /// <summary>True when it takes a command: all words from that one's name on are the command's.</summary>
    public virtual bool TakesCommand => false;

    /// <summary>What its exit codes mean.</summary>
    protected virtual string ExitCodeTable => ExitCodes.Table;
}
