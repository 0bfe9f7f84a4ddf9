using System.CommandLine;
using GuestAgent.Cli.Running;

namespace GuestAgent.Cli.Verbs;

/// <summary>All verbs: a new one is its own file and one line here, with the name that it gives itself.</summary>
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

    private const string Program = "guestctl";
    private const string Purpose = "Runs commands in a guest and asks its agent, over the VM's own channel.";

    // Made when one is named: each has options of its own, and a run needs one verb.
    private static readonly (string Name, Func<Verb> Make)[] Verbs =
    [
        ("ping", static () => new PingVerb()),
        ("info", static () => new InfoVerb()),
        ("wait", static () => new WaitVerb()),
        (ExecVerb.Word, static () => new ExecVerb()),
        ("cp", static () => new CpVerb()),
        ("uploads", static () => new UploadsVerb()),
        ("cat", static () => new CatVerb()),
        ("ls", static () => new LsVerb()),
        ("stat", static () => new StatVerb()),
        ("mkdir", static () => new MkdirVerb()),
        ("mv", static () => new MvVerb()),
        ("rm", static () => new RmVerb()),
        ("ps", static () => new PsVerb()),
        ("top", static () => new TopVerb()),
        ("df", static () => new DfVerb()),
        ("ip", static () => new IpVerb()),
        ("time", static () => new TimeVerb()),
        ("shutdown", static () => new ShutdownVerb()),
        ("reboot", static () => new RebootVerb()),
        ("quiesce", static () => new QuiesceVerb()),
        ("run", static () => new RunVerb()),
        ("forward", static () => new ForwardVerb()),
        ("check", static () => new CheckVerb()),
        ("call", static () => new CallVerb()),
        ("context", static () => new ContextVerb()),
        ("completion", static () => new CompletionVerb()),
    ];

    /// <summary>The names of all verbs.</summary>
    public static IEnumerable<string> Names => Verbs.Select(verb => verb.Name);

    /// <summary>The program's command line, with its own options and no verb yet.</summary>
    public static Command CreateRoot() => Complete(new Command(Program, Purpose));

    /// <summary>The same with all verbs and with the parser's directives, by which shells ask for completions.</summary>
    public static Command CreateForShells()
    {
        var root = new RootCommand(Purpose);
        root.Options.Clear();
        Complete(root);
        AddAll(root);
        return root;
    }

    /// <summary>Adds the verb of a name.</summary>
    /// <returns>The verb; null when there is none of that name.</returns>
    public static Verb? Add(Command root, string name)
    {
        foreach ((string known, Func<Verb> make) in Verbs)
        {
            if (known == name)
            {
                Verb verb = make();
                root.Add(verb);
                return verb;
            }
        }

        return null;
    }

    /// <summary>Adds all verbs, for help.</summary>
    public static void AddAll(Command root)
    {
        foreach ((_, Func<Verb> make) in Verbs)
        {
            root.Add(make());
        }
    }

    /// <summary>The words up to the verb, for messages.</summary>
    public static string CommandLine(this ParseResult parsed) =>
        parsed.CommandResult.Command is Verb verb ? $"{Program} {verb.Name}" : Program;

    private static Command Complete(Command root)
    {
        root.Add(GlobalOptions.Guest);
        root.Add(GlobalOptions.Json);
        root.Add(GlobalOptions.Wait);
        root.Add(new HelpFlag(Epilogue));
        root.Add(new VersionFlag());
        return root;
    }
}
