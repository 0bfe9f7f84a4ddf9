using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl mv</c>: renames a file or directory.</summary>
internal sealed class MvVerb : GuestVerb
{
    private readonly GuestPathArgument _from = new("FROM", "What to move");

    private readonly GuestPathArgument _to = new("TO", "Its new path; with a slash at the end, the directory to move it to");

    private readonly Option<bool> _force = new("--force", "-f") { Description = "Replace what is there" };

    public MvVerb()
        : base(
            "mv",
            "Rename a file or directory of the guest, within a file system.",
            "guestctl -g /run/vm1/agent.sock mv /srv/app.new /srv/app")
    {
        Add(_from);
        Add(_to);
        Add(_force);
    }

    /// <inheritdoc/>
    protected override bool WritesOutput(ParseResult parsed) => parsed.GetValue(GlobalOptions.Json);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        string from = parsed.GetValue(_from)!;
        string to = parsed.GetValue(_to)!;
        string target = to.EndsWith('/') ? GuestPath.Join(to, GuestPath.Name(from)) : to;
        try
        {
            FileMoveResult result =
                await guest.Files.MoveAsync(from, target, parsed.GetValue(_force), interrupts.First);
            report.Result(result, FileMoveJson.Default.FileMoveResult, static _ => []);
            return ExitCodes.Success;
        }
        catch (GuestAgentException e)
        {
            return report.Fail(e, subject: $"{from} to {target}");
        }
    }
}
