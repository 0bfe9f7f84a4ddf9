using System.CommandLine;
using GuestAgent.Cli.Copying;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl cp</c>: copies files between this host and the guest.</summary>
internal sealed class CpVerb : GuestVerb
{
    // A copy goes on after the connection was lost, unless that takes longer.
    private static readonly ReconnectOptions Reconnect = new() { GiveUpAfter = TimeSpan.FromMinutes(1) };

    private readonly Argument<CopyEnd> _source =
        End("SOURCE", "What to copy: :/path in the guest, or a path here; - reads standard input");

    private readonly Argument<CopyEnd> _destination =
        End("DESTINATION", "Where to; a directory takes the copy under its own name; - writes to standard output");

    private readonly Option<bool> _recursive = new("--recursive", "-r", "-R")
    {
        Description = "Copy directories with all that is in them; symbolic links and devices are left out and named",
    };

    private readonly Option<bool> _preserve = new("--preserve", "-p")
    {
        Description = "Keep permission bits, and to this host the time of the last change; never owners or setuid",
    };

    private readonly Option<bool> _archive = new("--archive", "-a") { Description = "The same as -r -p" };

    public CpVerb()
        : base(
            "cp",
            "Copy files between this host and the guest, verified by SHA-256. Each file appears in one step.",
            "guestctl -g /run/vm1/agent.sock cp app.conf :/etc/app/\n" +
            "  guestctl -g /run/vm1/agent.sock cp -r :/var/log ./logs\n" +
            "  tar c . | guestctl -g /run/vm1/agent.sock cp - :/srv/backup.tar")
    {
        Add(_source);
        Add(_destination);
        Add(_recursive);
        Add(_preserve);
        Add(_archive);
        Validators.Add(result =>
        {
            if (result.GetResult(_source) is { Tokens: [var source] }
                && result.GetResult(_destination) is { Tokens: [var destination] }
                && source.Value.StartsWith(GuestPath.Mark) == destination.Value.StartsWith(GuestPath.Mark))
            {
                result.AddError("one of the two is in the guest, and begins with a colon: cp app.conf :/etc/app/");
            }
        });
    }

    /// <inheritdoc/>
    protected override Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken) =>
        GuestClient.ConnectAsync(
            endpoint, GlobalOptions.Client(parsed) with { Reconnect = Reconnect }, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        CopyEnd source = parsed.GetValue(_source);
        CopyEnd destination = parsed.GetValue(_destination);
        bool all = parsed.GetValue(_archive);
        var options = new CopyOptions(all || parsed.GetValue(_recursive), all || parsed.GetValue(_preserve));
        await using var progress = new CopyProgress(isShown: Screen.TakesErrors && !report.IsJson);
        var tally = new CopyTally(progress);
        if (destination.IsStream)
        {
            using Stream output = StandardStreams.OpenOutput();
            await guest.Files.DownloadAsync(source.Path, output, cancellationToken: interrupts.First);
            return ExitCodes.Success;
        }

        if (source.IsGuest)
        {
            await new GuestToHost(guest, options, tally, progress)
                .RunAsync(source.Path, destination.Path, interrupts.First);
        }
        else if (source.IsStream)
        {
            await new HostToGuest(guest, options, tally, progress)
                .RunAsync(Console.OpenStandardInput(), destination.Path, interrupts.First);
        }
        else
        {
            await new HostToGuest(guest, options, tally, progress)
                .RunAsync(source.Path, destination.Path, interrupts.First);
        }

        report.Result(tally.ToReport(), OutputJson.Default.CopyReport, static _ => []);
        return tally.ExitCode;
    }

    private static Argument<CopyEnd> End(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = static result =>
        {
            CopyEnd end = CopyEnd.Parse(result.Tokens[0].Value, out string? fault);
            if (fault is not null)
            {
                result.AddError($"{result.Tokens[0].Value}: {fault}");
            }

            return end;
        },
    };
}
