using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl rm</c>: deletes files and directories.</summary>
internal sealed class RmVerb : PathsVerb
{
    private readonly Option<bool> _recursive = new("--recursive", "-r")
    {
        Description = "Delete directories with all that is in them; symbolic links are not followed",
    };

    private readonly Option<bool> _force = new("--force", "-f") { Description = "What does not exist is no failure" };

    public RmVerb()
        : base(
            "rm",
            "Delete files and directories of the guest.",
            "What to delete",
            "guestctl -g /run/vm1/agent.sock rm -r /srv/old")
    {
        Add(_recursive);
        Add(_force);
    }

    /// <inheritdoc/>
    protected override bool WritesOutput(ParseResult parsed) => parsed.GetValue(GlobalOptions.Json);

    /// <inheritdoc/>
    protected override async Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken)
    {
        try
        {
            FileDeleteResult result = await guest.Files.DeleteAsync(path, parsed.GetValue(_recursive), cancellationToken);
            report.Result(result, FileDeleteJson.Default.FileDeleteResult, static _ => []);
        }
        catch (GuestAgentException e) when (e.Code == ErrorCode.NotFound && parsed.GetValue(_force))
        {
            report.Result(new FileDeleteResult(path, 0), FileDeleteJson.Default.FileDeleteResult, static _ => []);
        }
    }
}
