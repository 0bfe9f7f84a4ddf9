using System.Runtime.InteropServices;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>
/// Copies from the guest to this host. Nothing that the guest says leads a byte out of the destination: its names are
/// plain components or left out, and no symbolic link below the destination is followed.
/// </summary>
internal sealed class GuestToHost(GuestClient guest, CopyOptions options, CopyTally tally, CopyProgress progress)
{
    private readonly GuestAttributes _attributes = new(options);
    private readonly Stack<(string Device, ulong Inode)> _above = new();

    /// <summary>Copies a file or a tree.</summary>
    /// <param name="source">Path in the guest; a symbolic link is followed, since the user named it.</param>
    /// <param name="destination">Path here; an existing directory takes the copy under its own name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoOutputException">The destination cannot be written.</exception>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task RunAsync(string source, string destination, CancellationToken cancellationToken)
    {
        FileStatResult there = await guest.Files.StatAsync(source, followLink: true, cancellationToken);
        bool isTree = there.Type == FileType.Directory;
        if (isTree && !options.Recursive)
        {
            throw new UsageException($"{source} is a directory: say -r to copy it");
        }

        LocalTarget target = LocalTarget.Find(destination, GuestPath.Name(source), isTree);
        using LocalDirectory directory = LocalDirectory.Open(target.Directory);
        FileEntry entry = Entry(target.Name ?? "", there);
        _above.Push((there.Device, there.Inode));
        if (target.Name is null)
        {
            await TreeAsync(directory, source, entry, isNew: false, cancellationToken);
        }
        else if (isTree)
        {
            await DirectoryAsync(directory, source, entry, cancellationToken);
        }
        else
        {
            await FileAsync(directory, source, entry, cancellationToken);
        }

        _above.Clear();
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
        file.ModifiedMs,
        file.LinkTarget,
        ModifiedNs: file.ModifiedNs);

    private async Task DirectoryAsync(
        LocalDirectory into, string source, FileEntry entry, CancellationToken cancellationToken)
    {
        UnixFileMode filled = CopyBits.WhileFilled(GuestAttributes.Mode(entry));
        using LocalDirectory directory = into.OpenOrCreate(entry.Name, filled, out bool isNew);
        await TreeAsync(directory, source, entry, isNew, cancellationToken);
    }

    private async Task TreeAsync(
        LocalDirectory into, string source, FileEntry itself, bool isNew, CancellationToken cancellationToken)
    {
        tally.Directory();
        await foreach (FileEntry entry in guest.Files.ListAsync(
            source, includeHidden: true, cancellationToken: cancellationToken))
        {
            string path = GuestPath.Join(source, entry.Name);
            if (ReasonToSkip(entry, path) is { } reason)
            {
                tally.Skip(GuestPath.Join(source, FileNameText.Of(entry)), reason);
                continue;
            }

            try
            {
                await EntryAsync(into, path, entry, cancellationToken);
            }
            catch (Exception e) when (Failing.IsOfOneEntry(e))
            {
                tally.Fail(path, e);
            }
        }

        into.Give(_attributes.OfDirectory(itself, isNew));
    }

    private async Task EntryAsync(LocalDirectory into, string path, FileEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Type == FileType.Symlink && !options.FollowLinks)
        {
            into.Link(entry.Name, entry.LinkTarget!, _attributes.OfLink(entry));
            tally.Link();
            return;
        }

        if (options.FollowLinks && entry.Type is FileType.Symlink or FileType.Directory)
        {
            FileStatResult there = await guest.Files.StatAsync(path, followLink: true, cancellationToken);
            entry = Entry(entry.Name, there);
            (string, ulong) identity = (there.Device, there.Inode);
            if (_above.Contains(identity) || ReasonToSkip(entry, path) is not null)
            {
                tally.Skip(path, ReasonToSkip(entry, path) ?? "it leads back to a directory that it is in");
                return;
            }

            _above.Push(identity);
            await PlainAsync(into, path, entry, cancellationToken);
            _above.Pop();
            return;
        }

        await PlainAsync(into, path, entry, cancellationToken);
    }

    private Task PlainAsync(LocalDirectory into, string path, FileEntry entry, CancellationToken cancellationToken) =>
        entry.Type == FileType.Directory
            ? DirectoryAsync(into, path, entry, cancellationToken)
            : FileAsync(into, path, entry, cancellationToken);

    private async Task FileAsync(
        LocalDirectory into, string source, FileEntry entry, CancellationToken cancellationToken)
    {
        using LocalDraft draft = into.Begin(entry.Name, GuestAttributes.Mode(entry), options.Resume);
        progress.Begin(entry.Name, entry.SizeBytes);
        DownloadResult result;
        long there;
        try
        {
            DownloadOptions rest = await DownloadRest.FindAsync(guest, source, draft.Content, cancellationToken);
            there = rest.Offset;
            result = await guest.Files.DownloadAsync(source, draft.Content, rest, progress, cancellationToken);
        }
        catch (IOException e)
        {
            throw new NoOutputException(
                $"cannot write {Path.Join(into.Path, entry.Name)}: {Marshal.GetPInvokeErrorMessage(e.HResult)}", e);
        }

        draft.Give(_attributes.OfFile(entry));
        draft.Complete();
        tally.File(there + result.Bytes, there);
    }

    private string? ReasonToSkip(FileEntry entry, string path) =>
        entry.NameBase64 is not null ? "its name is not UTF-8"
        : LocalName.Fault(entry.Name) ?? GuestPath.Fault(path)
        ?? (entry.Type is FileType.File or FileType.Directory ? null
            : entry.Type != FileType.Symlink ? $"it is a {FileWords.Type(entry.Type)}"
            : options.FollowLinks || LocalName.CanBeTarget(entry.LinkTarget) ? null
            : "it is a symbolic link to what is not UTF-8");
}
