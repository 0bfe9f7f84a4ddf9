using System.CommandLine;
using GuestAgent.Cli.Completion;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl exec</c>: runs a command in the guest as if it were a local one.</summary>
internal sealed class ExecVerb : GuestVerb
{
    /// <summary>Its name: all words behind it that are no option and no value of one are the command.</summary>
    public const string Word = "exec";

    private const string StandardInput = "-";

    private readonly Argument<string[]> _command = new("CMD")
    {
        Description = "Program and its arguments, which are not looked at; no shell is involved",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _user = new("--user", "-u")
    {
        Description = "User to run as, and perhaps primary group",
        HelpName = "USER[:GROUP]",
    };

    private readonly Option<string?> _group = new("--group")
    {
        Description = "Primary group to run as",
        HelpName = "GROUP",
    };

    private readonly Option<string?> _directory = new("--cwd", "-w") { Description = "Working directory", HelpName = "PATH" };

    private readonly Option<string[]> _environment = new("--env", "-e")
    {
        Description = "Environment variable, any number of times; without a value ours is passed on",
        HelpName = "NAME[=VALUE]",
    };

    private readonly Option<string[]> _environmentFiles = new("--env-file")
    {
        Description = "File with a variable on each line, as for --env; # begins a comment; any number of times",
        HelpName = "FILE",
    };

    private readonly SecondsOption _timeout = new(
        "--timeout",
        "Seconds after which the guest ends the command, or none where its policy has no limit; the policy's by default",
        GuestCommand.MaxTimeout,
        takesNone: true);

    private readonly Option<string?> _input = new("--stdin")
    {
        Description = "Forward standard input, or FILE as --stdin=FILE; the command's input is empty without",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "Pass what cannot be seen on to a terminal too, such as colours; it could command it",
    };

    public ExecVerb()
        : base(
            Word,
            "Run a command in the guest: its output is ours as it comes, its exit code too.",
            "guestctl -g /run/vm1/agent.sock exec --user app --env LANG=C -- ls -l /srv\n" +
            "  tar c . | guestctl -g /run/vm1/agent.sock exec --stdin -- tar x -C /srv")
    {
        _command.CompletionSources.Add(GuestWords.Paths);
        Add(_command);
        Add(_user);
        Add(_group);
        Add(_directory);
        Add(_environment);
        Add(_environmentFiles);
        Add(_timeout);
        Add(_input);
        Add(_raw);
    }

    /// <inheritdoc/>
    public override bool TakesCommand => true;

    /// <inheritdoc/>
    protected override string ExitCodeTable => $"""
        {ExitCodes.ExecTable}

        Ctrl-C or SIGTERM ends the command in the guest and waits for that; a second one does not wait.
        With --json the output is collected, at most 16 MiB of each stream, and printed with the exit code; it is base64
        where "encoding" says so.
        """;

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) =>
        parsed.GetResult(_input) is not null && parsed.GetValue(_input) is null or StandardInput;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestCommand command = await ReadAsync(parsed, interrupts.First);
        await using Stream? input =
            parsed.GetResult(_input) is null ? null : StandardStreams.OpenInput(parsed.GetValue(_input));
        command = command with { KeepInputOpen = input is not null };
        var run = new ExecRun(guest, command, input, interrupts);
        return report.IsJson
            ? await run.CollectAsync(report)
            : await run.PassThroughAsync(parsed.GetValue(_raw));
    }

    private async Task<GuestCommand> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] words = parsed.GetValue(_command)!;
        string[] account = parsed.GetValue(_user)?.Split(':', 2) ?? [];
        string? group = parsed.GetValue(_group);
        if (account.Length > 1 && group is not null)
        {
            throw new UsageException("--group and a group behind --user exclude each other");
        }

        return new GuestCommand(words[0], words[1..])
        {
            User = account is [{ Length: > 0 } user, ..] ? user : null,
            Group = account is [_, { Length: > 0 } behind] ? behind : group,
            WorkingDirectory = parsed.GetValue(_directory),
            Environment = Variables.Read(
                [.. await Variables.LinesAsync(parsed.GetValue(_environmentFiles) ?? [], cancellationToken), .. parsed.GetValue(_environment) ?? []]),
            Timeout = parsed.GetValue(_timeout),
        };
    }
}
