using GuestAgent.Contracts.Files;

namespace GuestAgent.Cli.Output;

/// <summary>Entries of a directory, as ls(1) shows them. Names are made fit for a terminal, always.</summary>
internal static class Listing
{
    /// <summary>One name on a line.</summary>
    public static IEnumerable<string> Names(IEnumerable<FileEntry> entries) => entries.Select(FileNameText.Of);

    /// <summary>Names in columns.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="width">Cells of a line.</param>
    public static IEnumerable<string> Columns(IEnumerable<FileEntry> entries, int width) =>
        NameColumns.Lay([.. entries.Select(FileNameText.Of)], width);

    /// <summary>All that is known, an entry on a line.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="human">True for sizes such as <c>1.5K</c>.</param>
    /// <param name="zone">Time zone of the times.</param>
    public static IEnumerable<string> Long(IEnumerable<FileEntry> entries, bool human, TimeZoneInfo zone)
    {
        var table = new TextTable(
            Column.Text(), Column.Text(), Column.Text(), Column.Number(), Column.Text(), Column.Text());
        foreach (FileEntry entry in entries)
        {
            table.Add(
                FileWords.Mode(entry.Type, entry.Permissions),
                FileWords.Account(entry.Owner, entry.UserId),
                FileWords.Account(entry.Group, entry.GroupId),
                Quantity.Size(entry.SizeBytes, human),
                GuestInstant.Minutes(entry.ModifiedMs, zone),
                entry.LinkTarget is { } target
                    ? $"{FileNameText.Of(entry)} -> {FileNameText.Of(target)}"
                    : FileNameText.Of(entry));
        }

        return table.Lines(width: null);
    }
}
