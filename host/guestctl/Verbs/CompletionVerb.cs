using System.CommandLine;
using GuestAgent.Cli.Completion;
using GuestAgent.Cli.Running;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl completion</c>: prints the script that makes a shell complete our command line.</summary>
internal sealed class CompletionVerb : Verb
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish" };

    public CompletionVerb()
        : base("completion", "Print a script for shell completion.", "eval \"$(guestctl completion bash)\"")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(Print);
    }

    private int Print(ParseResult parsed)
    {
        parsed.InvocationConfiguration.Output.Write(parsed.GetValue(_shell) switch
        {
            "bash" => CompletionScripts.Bash,
            "zsh" => CompletionScripts.Zsh,
            _ => CompletionScripts.Fish,
        });
        return ExitCodes.Success;
    }
}
