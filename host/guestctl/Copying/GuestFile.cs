using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Makes files of a guest, and gives them and directories the attributes of those that they are copies of.</summary>
internal sealed class GuestFile(GuestClient guest, CopyOptions options, CopyTally tally, CopyProgress progress)
{
    private readonly GuestOwners _owners = new(options.KeepOwners);
    private readonly LeftUploads _left = new(guest);
    private long _resumed;

    /// <summary>Copies content to a file, which appears with all its attributes but its time in one step.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="source">What it is read from; no file at all is the default.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">It cannot be read.</exception>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task WriteAsync(
        Stream content, FileStatus source, string name, GuestTarget target, CancellationToken cancellationToken)
    {
        bool isRegular = source.Kind == FileKind.Regular;
        progress.Begin(Path.GetFileName(name), isRegular ? source.Size : null);
        _resumed = 0;
        var upload = new UploadOptions { Sparse = isRegular, Permissions = Permissions(isRegular ? source.Mode : null, target.There) };
        try
        {
            FileUploadCommitResult result = isRegular
                ? await _owners.GiveAsync(
                    source,
                    (user, group) => options.Resume
                        ? ResumeAsync(content, source, target, upload with { Owner = user, Group = group }, cancellationToken)
                        : UploadAsync(content, target, upload with { Owner = user, Group = group }, cancellationToken))
                : await UploadAsync(content, target, upload, cancellationToken);
            tally.File(result.BytesWritten, _resumed);
        }
        catch (IOException e)
        {
            throw new NoInputException($"cannot read {name}: {Marshal.GetPInvokeErrorMessage(e.HResult)}", e);
        }

        if (isRegular && options.KeepAttributes)
        {
            await SetModifiedAsync(target.Path, source, cancellationToken);
        }
    }

    /// <summary>Gives a directory its attributes, when all is in it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="source">What it is a copy of.</param>
    /// <param name="mode">Its bits; null when it has them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task FinishDirectoryAsync(
        string path, FileStatus source, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        if (options.KeepOwners)
        {
            await _owners.GiveAsync(
                source, (user, group) => guest.Files.ChangeOwnerAsync(path, user, group, cancellationToken));
        }

        if (mode is { } bits)
        {
            await guest.Files.ChangeModeAsync(path, CopyBits.Octal(bits), cancellationToken);
        }

        if (options.KeepAttributes)
        {
            await SetModifiedAsync(path, source, cancellationToken);
        }
    }

    // What is replaced keeps its bits, unless they are to be those of the source: the agent sees to that when it is told none.
    private string? Permissions(UnixFileMode? source, FileType? there) =>
        source is { } mode && options.KeepAttributes ? CopyBits.Octal(CopyBits.Of(mode, exact: true))
        : there == FileType.File ? null
        : CopyBits.Octal(CopyBits.Of((source ?? PermissionBits.Usual) & PermissionBits.Plain, exact: false));

    private Task<FileUploadCommitResult> UploadAsync(
        Stream content, GuestTarget target, UploadOptions upload, CancellationToken cancellationToken) =>
        guest.Files.UploadAsync(content, target.Path, upload, progress, cancellationToken);

    private async Task<FileUploadCommitResult> ResumeAsync(
        Stream content, FileStatus source, GuestTarget target, UploadOptions upload, CancellationToken cancellationToken)
    {
        if (await _left.FindAsync(target.Path, source.Size, cancellationToken) is { } left)
        {
            try
            {
                FileUploadCommitResult result = await guest.Files.ContinueUploadAsync(left.Token!, content, progress, cancellationToken);
                _resumed = left.Offset;
                await GiveAsync(target.Path, upload, cancellationToken);
                return result;
            }
            catch (Exception e) when (e is GuestAgentException { Detail.Rule: "sha256" or "upload" } or GuestTransferException)
            {
                // What was left is of another content, or has just gone.
                content.Position = 0;
            }
        }

        FileUploadOpenResult begun = await guest.Files.BeginUploadAsync(
            target.Path, upload with { Length = source.Size, Sparse = source.HasHoles }, cancellationToken);
        return await guest.Files.ContinueUploadAsync(begun.Token, content, progress, cancellationToken);
    }

    // What it was opened with may have been something else.
    private async Task GiveAsync(string path, UploadOptions upload, CancellationToken cancellationToken)
    {
        if (upload.Owner is not null || upload.Group is not null)
        {
            await guest.Files.ChangeOwnerAsync(path, upload.Owner, upload.Group, cancellationToken);
        }

        if (upload.Permissions is { } bits)
        {
            await guest.Files.ChangeModeAsync(path, bits, cancellationToken);
        }
    }

    private async Task SetModifiedAsync(string path, FileStatus source, CancellationToken cancellationToken)
    {
        // An agent that is too old keeps no times, as all did then.
        if (guest.Agent.Capabilities.Contains(FileSetTimes.Contract.Name))
        {
            await guest.Files.SetModifiedAsync(
                path, source.Modified.Milliseconds, source.Modified.Nanoseconds, cancellationToken: cancellationToken);
        }
    }
}
