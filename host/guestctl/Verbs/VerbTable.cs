using System.CommandLine;
using System.CommandLine.Help;
using GuestAgent.Cli.Running;

namespace GuestAgent.Cli.Verbs;

/// <summary>All verbs: a new one is its own file and one line here.</summary>
internal static class VerbTable
{
    private const string Epilogue = $"""
        Examples:
          guestctl -g unix:///run/vm1/agent.sock exec -- uname -a
          export {GlobalOptions.EndpointVariable}=/run/vm1/agent.sock
          guestctl info
          guestctl cp -r ./site :/srv/
          eval "$(guestctl completion bash)"

        {ExitCodes.Table}
        """;

    /// <summary>The program's command line.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Runs commands in a guest and asks its agent, over the VM's own channel.")
        {
            GlobalOptions.Guest,
            GlobalOptions.Json,
            GlobalOptions.Wait,
            new PingVerb(),
            new InfoVerb(),
            new WaitVerb(),
            new ExecVerb(),
            new CpVerb(),
            new CatVerb(),
            new LsVerb(),
            new StatVerb(),
            new MkdirVerb(),
            new MvVerb(),
            new RmVerb(),
            new PsVerb(),
            new TopVerb(),
            new DfVerb(),
            new IpVerb(),
            new TimeVerb(),
            new ShutdownVerb(),
            new RebootVerb(),
            new RunVerb(),
            new CallVerb(),
            new CompletionVerb(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        help.Action = new VerbHelp((HelpAction)help.Action!, Epilogue);
        return root;
    }

    /// <summary>The words up to the verb, for messages.</summary>
    public static string CommandLine(this ParseResult parsed) =>
        parsed.CommandResult.Command is Verb verb ? $"guestctl {verb.Name}" : "guestctl";
}
