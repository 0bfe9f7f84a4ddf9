using System.Text;
using GuestAgent.Contracts.Files;

namespace GuestAgent.Host.Files;

/// <summary>
/// Holds an agent to the order of a listing. Ascending names see to it that none comes twice, and that a listing of
/// endless pages shows as one.
/// </summary>
internal sealed class ListingOrder
{
    private byte[] _last = [];

    /// <summary>The page, if it may follow those before.</summary>
    /// <param name="page">The page.</param>
    /// <param name="pageLength">Most entries in it.</param>
    /// <exception cref="GuestConnectionException">It may not.</exception>
    public FileListResult Check(FileListResult page, int pageLength)
    {
        if (page.Entries.Count > pageLength || (page.More && page.Entries.Count == 0))
        {
            throw GuestConnectionException.Violation("a page of a directory has a length that it cannot have.");
        }

        foreach (FileEntry entry in page.Entries)
        {
            byte[] name = NameOf(entry);
            _last = name.AsSpan().SequenceCompareTo(_last) > 0
                ? name
                : throw GuestConnectionException.Violation("a directory's entries are not in the order of their names.");
        }

        return page;
    }

    /// <summary>The request for the page behind an entry.</summary>
    public static FileListRequest After(FileListRequest request, FileEntry entry) => request with
    {
        After = entry.NameBase64 is null ? entry.Name : null,
        AfterBase64 = entry.NameBase64,
    };

    private static byte[] NameOf(FileEntry entry)
    {
        try
        {
            return entry.NameBase64 is { } bytes ? Convert.FromBase64String(bytes) : Encoding.UTF8.GetBytes(entry.Name);
        }
        catch (FormatException e)
        {
            throw GuestConnectionException.Violation("a file's name is not base64.", e);
        }
    }
}
