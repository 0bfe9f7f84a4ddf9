using System.CommandLine;
using System.CommandLine.Parsing;
using GuestAgent.Cli.Completion;
using GuestAgent.Cli.Copying;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl cp</c>: copies files between this host and the guest.</summary>
internal sealed class CpVerb : GuestVerb
{
    // A copy goes on after the connection was lost, unless that takes longer.
    private static readonly ReconnectOptions Reconnect = new() { GiveUpAfter = TimeSpan.FromMinutes(1) };

    private readonly Argument<CopyEnd[]> _paths = new("PATH")
    {
        Description = "What to copy, and last where to: :/path in the guest, or a path here; - is standard input or output. "
            + "A directory takes copies under their own names",
        HelpName = "SOURCE... DESTINATION",
        Arity = new ArgumentArity(2, ArgumentArity.OneOrMore.MaximumNumberOfValues),
        CustomParser = Read,
    };

    private readonly Option<bool> _recursive = new("--recursive", "-r", "-R")
    {
        Description = "Copy directories with all that is in them; devices are left out and named",
    };

    private readonly Option<bool> _preserve = new("--preserve", "-p")
    {
        Description = "Keep permission bits exactly, and the time of the last change; never setuid or setgid",
    };

    private readonly Option<bool> _archive = new("--archive", "-a")
    {
        Description = "The same as -r -p, and as root owners and groups, by name where the other side knows it, else by number",
    };

    private readonly Option<bool> _dereference = new("--dereference", "-L")
    {
        Description = "Copy what symbolic links in directories lead to, not the links",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Go on with files that an earlier copy has left incomplete, and leave those that this one does not complete",
    };

    public CpVerb()
        : base(
            "cp",
            "Copy files between this host and the guest, verified by SHA-256. Each file appears in one step.",
            "guestctl -g /run/vm1/agent.sock cp app.conf app.key :/etc/app/\n" +
            "  guestctl -g /run/vm1/agent.sock cp -r :/var/log ./logs\n" +
            "  tar c . | guestctl -g /run/vm1/agent.sock cp - :/srv/backup.tar")
    {
        _paths.CompletionSources.Add(GuestWords.MarkedPaths);
        Add(_paths);
        Add(_recursive);
        Add(_preserve);
        Add(_archive);
        Add(_dereference);
        Add(_resume);
    }

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) => Sources(parsed).Any(source => source.IsStream);

    /// <inheritdoc/>
    protected override bool WritesOutput(ParseResult parsed) =>
        Destination(parsed).IsStream || parsed.GetValue(GlobalOptions.Json);

    /// <inheritdoc/>
    protected override Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken) =>
        GuestClient.ConnectAsync(
            endpoint, GlobalOptions.Client(parsed) with { Reconnect = Reconnect }, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        CopyEnd[] sources = [.. Sources(parsed)];
        CopyEnd destination = Destination(parsed);
        bool all = parsed.GetValue(_archive);
        var options = new CopyOptions(
            Recursive: all || parsed.GetValue(_recursive),
            KeepAttributes: all || parsed.GetValue(_preserve),
            KeepOwners: all && Environment.IsPrivilegedProcess,
            FollowLinks: parsed.GetValue(_dereference),
            Resume: parsed.GetValue(_resume));
        await using var progress = new CopyProgress(isShown: Screen.TakesErrors && !report.IsJson);
        var tally = new CopyTally(progress);
        if (destination.IsStream)
        {
            using Stream output = Screen.Output(isRaw: false);
            await guest.Files.DownloadAsync(sources[0].Path, output, cancellationToken: interrupts.First);
            return ExitCodes.Success;
        }

        var toHost = new GuestToHost(guest, options, tally, progress);
        var toGuest = new HostToGuest(guest, options, tally, progress);
        if (sources.Length > 1)
        {
            await RequireDirectoryAsync(guest, destination, interrupts.First);
        }

        foreach (CopyEnd source in sources)
        {
            try
            {
                await (source.IsGuest ? toHost.RunAsync(source.Path, destination.Path, interrupts.First)
                    : source.IsStream ? toGuest.RunAsync(StandardStreams.OpenInput(null), destination.Path, interrupts.First)
                    : toGuest.RunAsync(source.Path, destination.Path, interrupts.First));
            }
            catch (Exception e) when (sources.Length > 1 && (Failing.IsOfOneEntry(e) || e is UsageException))
            {
                tally.Fail(source.Path, e);
            }
        }

        report.Result(tally.ToReport(), OutputJson.Default.CopyReport, static _ => []);
        return tally.ExitCode;
    }

    private static async Task RequireDirectoryAsync(
        GuestClient guest, CopyEnd destination, CancellationToken cancellationToken)
    {
        bool isDirectory = destination.IsGuest
            ? (await GuestTarget.FindAsync(guest, destination.Path, "", isTree: true, cancellationToken))
                is { IsKnown: false } or { There: FileType.Directory }
            : FileStatus.Of(destination.Path, follow: true).Kind == FileKind.Directory;
        if (!isDirectory)
        {
            throw new UsageException($"{destination.Path} is no directory, which several copies need");
        }
    }

    private static CopyEnd[] Read(ArgumentResult result)
    {
        CopyEnd[] ends = new CopyEnd[result.Tokens.Count];
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = CopyEnd.Parse(result.Tokens[i].Value, out string? fault);
            if (fault is not null)
            {
                result.AddError($"{result.Tokens[i].Value}: {fault}");
                return ends;
            }
        }

        if (ends[..^1].Any(end => end.IsGuest == ends[^1].IsGuest))
        {
            result.AddError("one side is in the guest, and begins with a colon: cp app.conf :/etc/app/");
        }
        else if (ends.Length > 2 && ends.Any(end => end.IsStream))
        {
            result.AddError("standard input and output go with one path");
        }

        return ends;
    }

    private CopyEnd[] Ends(ParseResult parsed) => parsed.GetValue(_paths)!;

    private IEnumerable<CopyEnd> Sources(ParseResult parsed) => Ends(parsed).SkipLast(1);

    private CopyEnd Destination(ParseResult parsed) => Ends(parsed)[^1];
}
