using System.CommandLine;

namespace GuestAgent.Cli.Running;

/// <summary>
/// <c>--help</c> of the program and of each verb. Not the parser's own, which looks up its texts in resources at each start.
/// </summary>
internal sealed class HelpFlag : Option<bool>
{
    /// <summary>Its name.</summary>
    public const string Word = "--help";

    /// <summary>Its short name, which a verb may have for itself.</summary>
    public const string Short = "-h";

    /// <param name="epilogue">What stands behind the help of the program itself.</param>
    public HelpFlag(string epilogue)
        : base(Word, Short, "-?")
    {
        Description = "Show help and usage information";
        Arity = ArgumentArity.Zero;
        Recursive = true;
        Action = new VerbHelp(epilogue);
    }
}
