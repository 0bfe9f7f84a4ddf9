using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Copies from this host to the guest.</summary>
internal sealed class HostToGuest(GuestClient guest, CopyOptions options, CopyTally tally, CopyProgress progress)
{
    private const string Executable = "0755";

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
            guest, destination, Path.GetFileName(Path.TrimEndingDirectorySeparator(source)), cancellationToken);
        if (isTree)
        {
            await TreeAsync(source, target.Path, !target.IsNew, cancellationToken);
        }
        else
        {
            await FileAsync(source, target.Path, isNamed: true, target.IsFile, cancellationToken);
        }
    }

    /// <summary>Copies a stream of unknown length.</summary>
    /// <param name="source">Read to its end.</param>
    /// <param name="destination">The file in the guest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestException">The guest refused, or there is no answer.</exception>
    public async Task RunAsync(Stream source, string destination, CancellationToken cancellationToken)
    {
        progress.Begin(GuestPath.Name(destination), total: null);
        FileUploadCommitResult result = await guest.Files.UploadAsync(
            source, destination, progress: progress, cancellationToken: cancellationToken);
        tally.File(result.BytesWritten);
    }

    private async Task TreeAsync(string source, string target, bool mayExist, CancellationToken cancellationToken)
    {
        UnixFileMode mode = LocalSource.Look(source).Mode;
        await guest.Files.CreateDirectoryAsync(
            target, new DirectoryOptions { CreateParents = mayExist }, cancellationToken);
        tally.Directory();
        foreach (string name in LocalSource.List(source))
        {
            string path = Path.Join(source, name);
            try
            {
                await EntryAsync(path, GuestPath.Join(target, name), cancellationToken);
            }
            catch (Exception e) when (Failing.IsOfOneEntry(e))
            {
                tally.Fail(path, e);
            }
        }

        if (options.KeepPermissions)
        {
            await guest.Files.ChangeModeAsync(target, Octal(mode), cancellationToken);
        }
    }

    private async Task EntryAsync(string source, string target, CancellationToken cancellationToken)
    {
        switch (FileStatus.Of(source, follow: false).Kind)
        {
            case FileKind.Directory:
                await TreeAsync(source, target, mayExist: true, cancellationToken);
                break;
            case FileKind.Link:
                tally.Skip(source, "it is a symbolic link");
                break;
            case FileKind.Special:
                tally.Skip(source, "it is no regular file");
                break;
            default:
                await FileAsync(source, target, isNamed: false, replaces: false, cancellationToken);
                break;
        }
    }

    private async Task FileAsync(
        string source, string target, bool isNamed, bool replaces, CancellationToken cancellationToken)
    {
        using FileStream content = LocalSource.Open(source, isNamed, out FileStatus status);
        bool isRegular = status.Kind == FileKind.Regular;
        progress.Begin(Path.GetFileName(source), isRegular ? status.Size : null);
        var upload = new UploadOptions { Permissions = isRegular ? Permissions(status.Mode, replaces) : null };
        try
        {
            FileUploadCommitResult result =
                await guest.Files.UploadAsync(content, target, upload, progress, cancellationToken);
            tally.File(result.BytesWritten);
        }
        catch (IOException e)
        {
            throw new NoInputException($"cannot read {source}: {Marshal.GetPInvokeErrorMessage(e.HResult)}", e);
        }
    }

    // A program stays one. What is replaced keeps its bits: the agent sees to that when it is told none.
    private string? Permissions(UnixFileMode mode, bool replaces) =>
        options.KeepPermissions ? Octal(mode)
        : !replaces && mode.HasFlag(UnixFileMode.UserExecute) ? Executable
        : null;

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)(mode & PermissionBits.Plain), toBase: 8);
}
