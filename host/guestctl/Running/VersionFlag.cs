using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace GuestAgent.Cli.Running;

/// <summary><c>--version</c>. Not the parser's own, for the reason of <see cref="HelpFlag"/>.</summary>
internal sealed class VersionFlag : Option<bool>
{
    /// <summary>Its name.</summary>
    public const string Word = "--version";

    public VersionFlag()
        : base(Word)
    {
        Description = "Show version information";
        Arity = ArgumentArity.Zero;
        Action = new Printing();
    }

    private sealed class Printing : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(
                typeof(VersionFlag).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            return ExitCodes.Success;
        }
    }
}
