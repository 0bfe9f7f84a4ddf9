using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl exec</c>: runs a command in the guest as if it were a local one.</summary>
internal sealed class ExecVerb : GuestVerb
{
    private readonly Argument<string[]> _command = new("CMD")
    {
        Description = "Program and its arguments, behind --; no shell is involved",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _user = new("--user", "-u") { Description = "User to run as", HelpName = "USER" };

    private readonly Option<string?> _group = new("--group")
    {
        Description = "Primary group to run as",
        HelpName = "GROUP",
    };

    private readonly Option<string?> _directory = new("--cwd") { Description = "Working directory", HelpName = "PATH" };

    private readonly Option<string[]> _environment = new("--env", "-e")
    {
        Description = "Environment variable, any number of times",
        HelpName = "NAME=VALUE",
    };

    private readonly SecondsOption _timeout = new(
        "--timeout",
        "Seconds after which the guest ends the command; the guest's ceiling by default",
        GuestCommand.MaxTimeout);

    private readonly Option<string?> _input = new("--stdin")
    {
        Description = "Forward standard input, or FILE as --stdin=FILE; the command's input is empty without",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ExecVerb()
        : base(
            "exec",
            "Run a command in the guest: its output is ours as it comes, its exit code too.",
            "guestctl -g /run/vm1/agent.sock exec --user app --env LANG=C -- ls -l /srv\n" +
            "  tar c . | guestctl -g /run/vm1/agent.sock exec --stdin -- tar x -C /srv")
    {
        Add(_command);
        Add(_user);
        Add(_group);
        Add(_directory);
        Add(_environment);
        Add(_timeout);
        Add(_input);
    }

    /// <inheritdoc/>
    protected override string ExitCodeTable => $"""
        {ExitCodes.ExecTable}

        Ctrl-C or SIGTERM ends the command in the guest and waits for that; a second one does not wait.
        With --json the output is collected, at most 16 MiB of each stream, and printed with the exit code; it is base64
        where "encoding" says so.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestCommand command = Read(parsed);
        await using Stream? input =
            StandardStreams.OpenInput(parsed.GetResult(_input) is not null, parsed.GetValue(_input));
        command = command with { KeepInputOpen = input is not null };
        var run = new ExecRun(guest, command, input, interrupts);
        return report.IsJson
            ? await run.CollectAsync(report)
            : await run.PassThroughAsync();
    }

    private GuestCommand Read(ParseResult parsed)
    {
        string[] words = parsed.GetValue(_command)!;
        return new GuestCommand(words[0], words[1..])
        {
            User = parsed.GetValue(_user),
            Group = parsed.GetValue(_group),
            WorkingDirectory = parsed.GetValue(_directory),
            Environment = ReadEnvironment(parsed.GetValue(_environment) ?? []),
            Timeout = parsed.GetValue(_timeout),
        };
    }

    /// <summary>Reads <c>NAME=VALUE</c> words.</summary>
    /// <exception cref="UsageException">A word is none.</exception>
    public static Dictionary<string, string> ReadEnvironment(string[] settings)
    {
        var environment = new Dictionary<string, string>();
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new UsageException($"--env {setting}: a variable is NAME=VALUE");
            }

            environment[setting[..equals]] = setting[(equals + 1)..];
        }

        return environment;
    }
}
