using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>
/// Copies from the guest to this host. Nothing that the guest says leads a byte out of the destination: its names are
/// plain components or left out, and no symbolic link below the destination is made or followed.
/// </summary>
internal sealed class GuestToHost(GuestClient guest, CopyOptions options, CopyTally tally, CopyProgress progress)
{
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

        string name = GuestPath.Name(source);
        bool isInto = destination.EndsWith('/') || FileStatus.Of(destination, follow: true).Kind == FileKind.Directory;
        string target = isInto && name is not ("" or ".") ? Path.Join(destination, name) : destination;
        if (isTree && FileStatus.Of(target, follow: true).Kind == FileKind.Directory && target == destination)
        {
            using LocalDirectory itself = LocalDirectory.Open(target);
            await TreeAsync(itself, source, there.Permissions, cancellationToken);
            return;
        }

        string leaf = Path.GetFileName(Path.TrimEndingDirectorySeparator(target));
        if (LocalName.Fault(leaf) is { } fault)
        {
            throw new UsageException($"{target}: {fault}");
        }

        using LocalDirectory parent = LocalDirectory.Open(
            Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(target)) is { Length: > 0 } above ? above : ".");
        if (!isTree)
        {
            await FileAsync(parent, leaf, source, there.SizeBytes, there.Permissions, there.ModifiedMs, cancellationToken);
            return;
        }

        using LocalDirectory directory = parent.OpenOrCreate(leaf);
        await TreeAsync(directory, source, there.Permissions, cancellationToken);
    }

    private async Task TreeAsync(
        LocalDirectory into, string source, string permissions, CancellationToken cancellationToken)
    {
        tally.Directory();
        await foreach (FileEntry entry in guest.Files.ListAsync(
            source, includeHidden: true, cancellationToken: cancellationToken))
        {
            string path = GuestPath.Join(source, entry.Name);
            if (ReasonToSkip(entry, path) is { } reason)
            {
                tally.Skip(path, reason);
                continue;
            }

            try
            {
                await EntryAsync(into, entry, path, cancellationToken);
            }
            catch (Exception e) when (Failing.IsOfOneEntry(e))
            {
                tally.Fail(path, e);
            }
        }

        if (options.KeepPermissions)
        {
            into.SetMode(Mode(permissions));
        }
    }

    private async Task EntryAsync(
        LocalDirectory into, FileEntry entry, string path, CancellationToken cancellationToken)
    {
        if (entry.Type == FileType.Directory)
        {
            using LocalDirectory below = into.OpenOrCreate(entry.Name);
            await TreeAsync(below, path, entry.Permissions, cancellationToken);
        }
        else
        {
            await FileAsync(
                into, entry.Name, path, entry.SizeBytes, entry.Permissions, entry.ModifiedMs, cancellationToken);
        }
    }

    private async Task FileAsync(
        LocalDirectory into,
        string name,
        string source,
        long size,
        string permissions,
        long modifiedMs,
        CancellationToken cancellationToken)
    {
        using LocalDraft draft = into.Begin(name, Mode(permissions));
        progress.Begin(name, size);
        DownloadResult result;
        try
        {
            result = await guest.Files.DownloadAsync(
                source, draft.Content, progress: progress, cancellationToken: cancellationToken);
        }
        catch (IOException e)
        {
            throw new NoOutputException(
                $"cannot write {Path.Join(into.Path, name)}: {Marshal.GetPInvokeErrorMessage(e.HResult)}", e);
        }

        if (options.KeepPermissions)
        {
            draft.SetMode(Mode(permissions));
            draft.SetTime(modifiedMs);
        }

        draft.Complete();
        tally.File(result.Bytes);
    }

    private static string? ReasonToSkip(FileEntry entry, string path) =>
        entry.NameBase64 is not null ? "its name is not UTF-8"
        : LocalName.Fault(entry.Name) ?? GuestPath.Fault(path)
        ?? (entry.Type is FileType.File or FileType.Directory ? null : $"it is a {FileWords.Type(entry.Type)}");

    private static UnixFileMode Mode(string permissions) => FileWords.Bits(permissions) is { } bits
        ? (UnixFileMode)bits & PermissionBits.Plain
        : PermissionBits.Usual;
}
