using System.CommandLine;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl uploads</c>: what copies to the guest have begun and not ended; drops what is left of them.</summary>
internal sealed class UploadsVerb : GuestVerb
{
    private readonly Option<string[]> _drop = new("--drop")
    {
        Description = "Drop the upload with this id, or with an id that begins so",
        HelpName = "ID",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _all = new("--all") { Description = "With --drop in place of an id: all that no copy is at work on" };

    private readonly SizeOptions _sizes = new();

    public UploadsVerb()
        : base(
            "uploads",
            "List copies to the guest that have begun and not ended, or drop what killed ones have left.",
            "guestctl -g /run/vm1/agent.sock uploads --drop --all")
    {
        Add(_drop);
        Add(_all);
        _sizes.AddTo(this);
        Validators.Add(result =>
        {
            bool all = result.GetResult(_all) is not null;
            bool drop = result.GetResult(_drop) is not null;
            bool hasIds = result.GetResult(_drop) is { Tokens.Count: > 0 };
            if (all != (drop && !hasIds))
            {
                result.AddError("what to drop is --drop ID, or --drop --all");
            }
        });
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        FileUploadListResult uploads = await guest.Files.ListUploadsAsync(interrupts.First);
        if (parsed.GetResult(_drop) is null)
        {
            report.Result(uploads, FileUploadListJson.Default.FileUploadListResult, list =>
                Table(list.Uploads, _sizes.IsHuman(parsed, report), report.Width));
            return ExitCodes.Success;
        }

        int dropped = 0;
        foreach (UploadEntry upload in Chosen(uploads.Uploads, parsed.GetValue(_drop) ?? [], parsed.GetValue(_all)))
        {
            FileUploadCancelResult result = await guest.Files.CancelUploadAsync(upload.Token!, interrupts.First);
            dropped += result.Cancelled ? 1 : 0;
        }

        report.Result(new DroppedUploads(dropped), OutputJson.Default.DroppedUploads, static _ => []);
        return ExitCodes.Success;
    }

    private static List<UploadEntry> Chosen(IReadOnlyList<UploadEntry> uploads, string[] ids, bool all)
    {
        List<UploadEntry> chosen = all ? [.. uploads.Where(upload => upload.Token is not null)] : [];
        foreach (string id in ids)
        {
            UploadEntry[] found =
                [.. uploads.Where(upload => id.Length > 0 && upload.Token?.StartsWith(id, StringComparison.Ordinal) == true)];
            chosen.Add(found.Length switch
            {
                1 => found[0],
                0 => throw new NoInputException($"there is no upload {id} that could be dropped"),
                _ => throw new UsageException($"there are several uploads whose ids begin with {id}"),
            });
        }

        return chosen;
    }

    private static IEnumerable<string> Table(IReadOnlyList<UploadEntry> uploads, bool human, int? width)
    {
        var table = new TextTable(
            Column.Text("ID"), Column.Number("DONE"), Column.Number("OF"), Column.Number("EXPIRES"), Column.Text("PATH"));
        foreach (UploadEntry upload in uploads)
        {
            table.Add(
                upload.Token ?? "in use",
                Quantity.Size(upload.Offset, human),
                upload.SizeBytes is { } size ? Quantity.Size(size, human) : "-",
                upload.ExpiresInSeconds.ToString(CultureInfo.InvariantCulture) + " s",
                FileNameText.Of(upload.Path));
        }

        return table.Lines(width);
    }
}
