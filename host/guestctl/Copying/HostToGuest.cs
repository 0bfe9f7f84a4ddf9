using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>
/// Copies from this host to the guest. A link that the user named as the destination is followed, one below it never.
/// </summary>
internal sealed class HostToGuest(GuestClient guest, CopyOptions options, CopyTally tally, CopyProgress progress)
{
    private readonly GuestFile _files = new(guest, options, tally, progress);
    private readonly Stack<(ulong Device, ulong Inode)> _above = new();

    /// <summary>Copies a file or a tree.</summary>
    /// <param name="source">Path here; a symbolic link is followed, since the user named it.</param>
    /// <param name="destination">Path in the guest; an existing directory takes the copy under its own name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">The source cannot be read.</exception>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task RunAsync(string source, string destination, CancellationToken cancellationToken)
    {
        bool isTree = LocalSource.Look(source).Kind == FileKind.Directory;
        if (isTree && !options.Recursive)
        {
            throw new UsageException($"{source} is a directory: say -r to copy it");
        }

        GuestTarget target = await GuestTarget.FindAsync(
            guest, destination, Path.GetFileName(Path.TrimEndingDirectorySeparator(source)), isTree, cancellationToken);
        GuestTarget.Check(target.Path, target.There, isTree);
        if (isTree)
        {
            using SourceDirectory from = SourceDirectory.Open(source);
            await TreeAsync(from, target, cancellationToken);
        }
        else
        {
            using FileStream content = LocalSource.Open(source, isNamed: true, out FileStatus status);
            await _files.WriteAsync(content, status, source, target, cancellationToken);
        }
    }

    /// <summary>Copies a stream of unknown length.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="destination">The file in the guest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task RunAsync(Stream source, string destination, CancellationToken cancellationToken)
    {
        GuestTarget target = await GuestTarget.FindAsync(guest, destination, "", isTree: false, cancellationToken);
        GuestTarget.Check(target.Path, target.There, isDirectory: false);
        await _files.WriteAsync(source, default, GuestPath.Name(destination), target, cancellationToken);
    }

    private async Task TreeAsync(SourceDirectory from, GuestTarget target, CancellationToken cancellationToken)
    {
        GuestTarget.Check(target.Path, target.There, isDirectory: true);
        UnixFileMode final = CopyBits.Of(from.Status.Mode, options.KeepAttributes);
        UnixFileMode filled = CopyBits.WhileFilled(final);
        var made = new DirectoryOptions
        {
            CreateParents = target.There is not null || !target.IsKnown,
            Permissions = CopyBits.Octal(filled),
        };
        bool isNew = (await guest.Files.CreateDirectoryAsync(target.Path, made, cancellationToken)).Created;
        tally.Directory();
        IReadOnlyDictionary<string, FileType>? there = isNew ? new Dictionary<string, FileType>() : await ListAsync(target.Path, cancellationToken);
        _above.Push(from.Status.Identity);
        foreach (SourceName name in from.List())
        {
            try
            {
                await EntryAsync(from, name, target.Path, there, cancellationToken);
            }
            catch (Exception e) when (Failing.IsOfOneEntry(e))
            {
                tally.Fail(from.Below(name), e);
            }
        }

        _above.Pop();
        if (isNew || options.KeepAttributes)
        {
            await _files.FinishDirectoryAsync(target.Path, from.Status, isNew && final == filled ? null : final, cancellationToken);
        }
    }

    private async Task EntryAsync(
        SourceDirectory from,
        SourceName name,
        string into,
        IReadOnlyDictionary<string, FileType>? there,
        CancellationToken cancellationToken)
    {
        FileStatus status = from.Look(name, options.FollowLinks);
        if (status.Kind == FileKind.None)
        {
            throw new NoInputException($"cannot read {from.Below(name)}: there is no such file");
        }

        if (name.Text is not { } text || ReasonToSkip(status) is not null)
        {
            tally.Skip(from.Below(name), name.Text is null ? "its name is not UTF-8" : ReasonToSkip(status)!);
            return;
        }

        string path = GuestPath.Join(into, text);
        var target = new GuestTarget(
            path, there is not null && there.TryGetValue(text, out FileType type) ? type : null, IsKnown: there is not null);
        switch (status.Kind)
        {
            case FileKind.Directory:
                using (SourceDirectory below = from.Enter(name, options.FollowLinks))
                {
                    await TreeAsync(below, target, cancellationToken);
                }

                break;
            case FileKind.Link:
                await LinkAsync(from, name, target, status, cancellationToken);
                break;
            default:
                GuestTarget.Check(path, target.There, isDirectory: false);
                using (FileStream content = from.OpenFile(name, options.FollowLinks, out status))
                {
                    await _files.WriteAsync(content, status, from.Below(name), target, cancellationToken);
                }

                break;
        }
    }

    private string? ReasonToSkip(FileStatus status) => status.Kind switch
    {
        FileKind.Special => "it is no regular file",
        FileKind.Directory when _above.Contains(status.Identity) => "it leads back to a directory that it is in",
        _ => null,
    };

    private async Task LinkAsync(
        SourceDirectory from, SourceName name, GuestTarget target, FileStatus status, CancellationToken cancellationToken)
    {
        if (!guest.Agent.Capabilities.Contains(FileSymlink.Contract.Name))
        {
            tally.Skip(from.Below(name), "it is a symbolic link, which the agent is too old to make");
            return;
        }

        if (from.ReadLink(name) is not { } says)
        {
            tally.Skip(from.Below(name), "it is a symbolic link to what is not UTF-8");
            return;
        }

        await guest.Files.CreateLinkAsync(target.Path, says, overwrite: true, cancellationToken);
        tally.Link();
        if (options.KeepAttributes)
        {
            FileMoment modified = status.Modified;
            await guest.Files.SetModifiedAsync(
                target.Path, modified.Milliseconds, modified.Nanoseconds, followLink: false, cancellationToken);
        }
    }

    // Null where only writing is allowed.
    private async Task<IReadOnlyDictionary<string, FileType>?> ListAsync(string path, CancellationToken cancellationToken)
    {
        var there = new Dictionary<string, FileType>(StringComparer.Ordinal);
        try
        {
            await foreach (FileEntry entry in guest.Files.ListAsync(
                path, includeHidden: true, cancellationToken: cancellationToken))
            {
                // What is not UTF-8 has the name of none that could be copied.
                if (entry.NameBase64 is null)
                {
                    there[entry.Name] = entry.Type;
                }
            }

            return there;
        }
        catch (GuestAgentException e) when (e.Code == Errors.ErrorCode.PermissionDenied)
        {
            return null;
        }
    }
}
