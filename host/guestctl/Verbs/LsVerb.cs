using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl ls</c>: what is in a directory?</summary>
internal sealed class LsVerb : PathsVerb
{
    // What is shown at a time: columns are aligned over so many entries, and memory stays small whatever the guest sends.
    private const int Page = 1000;

    private readonly Option<bool> _long = new("--long", "-l") { Description = "Show mode, owner, size and time too" };

    private readonly Option<bool> _all = new("--all", "-a") { Description = "Show names that begin with a dot too" };

    private readonly Option<bool> _one = new("--one", "-1") { Description = "One name on a line" };

    private readonly Option<bool> _itself = new("--directory", "-d") { Description = "Show directories themselves, not what is in them" };

    private readonly SizeOptions _sizes = new();

    public LsVerb()
        : base(
            "ls",
            "List directories of the guest, sorted by name.",
            "Directory or file; / by default",
            "guestctl -g /run/vm1/agent.sock ls -la /etc",
            usual: "/")
    {
        Add(_long);
        Add(_all);
        Add(_one);
        Add(_itself);
        _sizes.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken)
    {
        FileStatResult there = await guest.Files.StatAsync(path, followLink: true, cancellationToken);
        if (there.Type != FileType.Directory || parsed.GetValue(_itself))
        {
            Print(parsed, report, new FileListResult(there.Path, [Entry(path, there)], More: false));
            return;
        }

        List<FileEntry> page = [];
        await foreach (FileEntry entry in guest.Files.ListAsync(path, parsed.GetValue(_all), null, cancellationToken))
        {
            if (page.Count == Page)
            {
                Print(parsed, report, new FileListResult(there.Path, page, More: true));
                page = [];
            }

            page.Add(entry);
        }

        Print(parsed, report, new FileListResult(there.Path, page, More: false));
    }

    private static FileEntry Entry(string name, FileStatResult file) => new(
        name,
        file.Type,
        file.SizeBytes,
        file.Permissions,
        file.Owner,
        file.Group,
        file.UserId,
        file.GroupId,
        file.ModifiedMs);

    private void Print(ParseResult parsed, Report report, FileListResult page)
    {
        report.Result(page, FileListJson.Default.FileListResult, page =>
            parsed.GetValue(_long) ? Listing.Long(page.Entries, _sizes.IsHuman(parsed, report), TimeZoneInfo.Local)
            : report.Width is { } width && !parsed.GetValue(_one) ? Listing.Columns(page.Entries, width)
            : Listing.Names(page.Entries));
    }
}
