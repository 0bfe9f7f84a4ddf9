using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace GuestAgent.Cli.Running;

/// <summary>The usual help, and behind it an example and the exit codes.</summary>
/// <param name="rootEpilogue">What stands behind the help of the program itself.</param>
internal sealed class VerbHelp(string rootEpilogue) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        // A verb may have -h for itself; then it must not be shown as ours too.
        if (parseResult.CommandResult.Command.Options.Any(option => option is not HelpFlag && option.Aliases.Contains(HelpFlag.Short)))
        {
            parseResult.RootCommandResult.Command.Options.OfType<HelpFlag>().Single().Aliases.Remove(HelpFlag.Short);
        }

        int code = new HelpAction().Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(parseResult.CommandResult.Command is Verb verb ? verb.Epilogue : rootEpilogue);
        return code;
    }
}
