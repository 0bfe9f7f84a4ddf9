using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl mkdir</c>: makes directories.</summary>
internal sealed class MkdirVerb : PathsVerb
{
    private readonly Option<bool> _parents = new("--parents", "-p")
    {
        Description = "Make missing parents too; a directory that exists is no failure",
    };

    private readonly Option<string?> _mode = new("--mode", "-m")
    {
        Description = "Permission bits in octal; 0755 by default",
        HelpName = "MODE",
    };

    public MkdirVerb()
        : base(
            "mkdir",
            "Make directories in the guest.",
            "What to make",
            "guestctl -g /run/vm1/agent.sock mkdir -p -m 0700 /srv/app/keys")
    {
        Add(_parents);
        Add(_mode);
    }

    /// <inheritdoc/>
    protected override bool WritesOutput(ParseResult parsed) => parsed.GetValue(GlobalOptions.Json);

    /// <inheritdoc/>
    protected override async Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken)
    {
        var options = new DirectoryOptions
        {
            CreateParents = parsed.GetValue(_parents),
            Permissions = parsed.GetValue(_mode),
        };
        FileMkdirResult result = await guest.Files.CreateDirectoryAsync(path, options, cancellationToken);
        report.Result(result, FileMkdirJson.Default.FileMkdirResult, static _ => []);
    }
}
