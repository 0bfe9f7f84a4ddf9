using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>A verb that does the same for each of some paths in the guest; one that fails does not stop the others.</summary>
internal abstract class PathsVerb : GuestVerb
{
    private readonly GuestPathsArgument _paths;

    protected PathsVerb(string name, string description, string paths, string example, string? usual = null)
        : base(name, description, example)
    {
        _paths = new GuestPathsArgument(paths, usual);
        Add(_paths);
    }

    /// <inheritdoc/>
    protected sealed override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        int code = ExitCodes.Success;
        foreach (string path in parsed.GetValue(_paths)!)
        {
            try
            {
                await RunAsync(guest, path, parsed, report, interrupts.First);
            }
            catch (GuestAgentException e)
            {
                int failed = report.Fail(e, subject: path);
                code = code == ExitCodes.Success ? failed : code;
            }
        }

        return code;
    }

    /// <summary>Does the work for one path.</summary>
    protected abstract Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken);
}
