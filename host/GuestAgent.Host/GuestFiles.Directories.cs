using System.Runtime.CompilerServices;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host.Files;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <content>What is in directories, and what can be done to it.</content>
public sealed partial class GuestFiles
{
    /// <summary>Most entries that one page of a listing can have.</summary>
    public const int MaxPageLength = 10_000;

    /// <summary>Tells what is at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followLink">False describes a symbolic link itself, not what it leads to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileStatResult> StatAsync(
        string path, bool followLink = true, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileStat.Contract, new FileStatRequest(path, followLink), cancellationToken);

    /// <summary>
    /// Lists a directory, sorted by the bytes of the names, asking for page after page while it is enumerated. Names
    /// that come or go meanwhile may or may not be listed; none is listed twice.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="includeHidden">True lists names that begin with a dot too.</param>
    /// <param name="pageLength">
    /// Entries asked for at a time, 1 to <see cref="MaxPageLength"/>. When null 1000 at first and twice as many each time, as the
    /// agent looks through the whole directory for each page; fewer where it has no memory for so many.
    /// </param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="GuestException">A call failed.</exception>
    public async IAsyncEnumerable<FileEntry> ListAsync(
        string path,
        bool includeHidden = false,
        int? pageLength = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageLength ?? 1, 1, nameof(pageLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageLength ?? 1, MaxPageLength, nameof(pageLength));
        var lengths = new PageLengths(pageLength);
        var request = new FileListRequest(path, lengths.Next, Hidden: includeHidden);
        var order = new ListingOrder();
        while (true)
        {
            FileListResult page;
            try
            {
                FileListRequest asked = request;
                page = await _link
                    .CallAsync(FileList.Contract, asked, answer => order.Check(answer, asked.Limit), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (GuestAgentException e) when (e.Code == ErrorCode.Busy && lengths.TryShorten())
            {
                request = request with { Limit = lengths.Next };
                continue;
            }

            foreach (FileEntry entry in page.Entries)
            {
                yield return entry;
            }

            if (!page.More)
            {
                yield break;
            }

            lengths.Lengthen();
            request = ListingOrder.After(request, page.Entries[^1]) with { Limit = lengths.Next };
        }
    }

    /// <summary>Makes a directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="options">Parents, mode and owner; none when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed; it is there already, unless parents were asked for.</exception>
    public Task<FileMkdirResult> CreateDirectoryAsync(
        string path, DirectoryOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= DirectoryOptions.Default;
        return _link.CallAsync(
            FileMkdir.Contract,
            new FileMkdirRequest(path, options.CreateParents, options.Permissions, options.Owner, options.Group),
            cancellationToken);
    }

    /// <summary>Deletes a file, a symbolic link or a directory. Never follows links.</summary>
    /// <param name="path">What to delete.</param>
    /// <param name="recursive">True deletes a directory with all that is in it; else it must be empty.</param>
    /// <param name="cancellationToken">Gives up; a part may have been deleted.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileDeleteResult> DeleteAsync(
        string path, bool recursive = false, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileDelete.Contract, new FileDeleteRequest(path, recursive), cancellationToken);

    /// <summary>Renames a file or directory within a file system, in one step.</summary>
    /// <param name="from">What is moved.</param>
    /// <param name="to">Its new path, not the directory around it.</param>
    /// <param name="overwrite">True replaces what is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileMoveResult> MoveAsync(
        string from, string to, bool overwrite = false, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileMove.Contract, new FileMoveRequest(from, to, overwrite), cancellationToken);

    /// <summary>Makes a symbolic link, which belongs to nobody (65534) in the guest.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">What it says, taken as it stands; need not exist.</param>
    /// <param name="overwrite">True replaces what is there, but for a directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileSymlinkResult> CreateLinkAsync(
        string path, string target, bool overwrite = false, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileSymlink.Contract, new FileSymlinkRequest(path, target, overwrite), cancellationToken);

    /// <summary>Sets the time of the last change.</summary>
    /// <param name="path">The file or directory.</param>
    /// <param name="modifiedMs">Milliseconds since 1970-01-01 UTC.</param>
    /// <param name="modifiedNs">Nanoseconds beyond that, 0 to 999999.</param>
    /// <param name="followLink">False sets that of a symbolic link itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileSetTimesResult> SetModifiedAsync(
        string path,
        long modifiedMs,
        int modifiedNs = 0,
        bool followLink = true,
        CancellationToken cancellationToken = default) => _link.CallAsync(
            FileSetTimes.Contract, new FileSetTimesRequest(path, modifiedMs, modifiedNs, followLink), cancellationToken);

    /// <summary>Sets permission bits.</summary>
    /// <param name="path">The file or directory; a symbolic link is followed.</param>
    /// <param name="permissions">The bits in octal, such as <c>0640</c>; setuid and setgid are refused.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileChmodResult> ChangeModeAsync(
        string path, string permissions, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileChmod.Contract, new FileChmodRequest(path, permissions), cancellationToken);

    /// <summary>Sets owner and group.</summary>
    /// <param name="path">The file or directory; a symbolic link is followed.</param>
    /// <param name="owner">Name or number of the owner; left as it is when null.</param>
    /// <param name="group">Name or number of the group; left as it is when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The call failed.</exception>
    public Task<FileChownResult> ChangeOwnerAsync(
        string path, string? owner = null, string? group = null, CancellationToken cancellationToken = default) =>
        _link.CallAsync(FileChown.Contract, new FileChownRequest(path, owner, group), cancellationToken);
}
