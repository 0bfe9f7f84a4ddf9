using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Where in the guest something goes.</summary>
/// <param name="Path">The path of the thing itself.</param>
/// <param name="There">What is there; null when nothing is, or nobody may know.</param>
/// <param name="IsKnown">False where only writing is allowed: the path is taken as it stands.</param>
internal readonly record struct GuestTarget(string Path, FileType? There, bool IsKnown)
{
    /// <summary>
    /// Finds out whether a destination is a directory, which takes things under their own names, as cp(1) does.
    /// </summary>
    /// <param name="guest">The guest.</param>
    /// <param name="destination">What the user named; a link is followed.</param>
    /// <param name="name">Name of the thing; a dot, or nothing, when only what is in it is copied.</param>
    /// <param name="isTree">True when the thing is a directory, which may itself become what a slash at the end demands.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">The destination says that it is a directory, and there is none.</exception>
    /// <exception cref="InTheWayException">The destination is a link that leads nowhere, or no directory although it says so.</exception>
    public static async Task<GuestTarget> FindAsync(
        GuestClient guest, string destination, string name, bool isTree, CancellationToken cancellationToken)
    {
        bool hasName = name is not ("" or "." or "..");
        bool isDirectory = destination.EndsWith('/');
        GuestTarget target = await LookAsync(guest, destination, followLink: true, cancellationToken);
        if (hasName && (target.There == FileType.Directory || (isDirectory && !target.IsKnown)))
        {
            return await LookAsync(guest, GuestPath.Join(destination, name), followLink: false, cancellationToken);
        }

        if (isDirectory && target.There is { } there && there != FileType.Directory)
        {
            throw new InTheWayException($"{destination}: there is something that is no directory");
        }

        if (isDirectory && !isTree && target is { IsKnown: true, There: null })
        {
            throw new NoInputException($"there is no directory {destination} in the guest");
        }

        if (target is { IsKnown: true, There: null }
            && await LookAsync(guest, destination, followLink: false, cancellationToken) is { There: FileType.Symlink })
        {
            throw new InTheWayException($"{destination}: there is a symbolic link that leads nowhere");
        }

        return target;
    }

    /// <summary>Sees to it that no link leads out of the destination, and that no file is taken for a directory.</summary>
    /// <param name="path">Path in the guest.</param>
    /// <param name="there">What is there.</param>
    /// <param name="isDirectory">True when a directory is to be there.</param>
    /// <exception cref="InTheWayException">Something else is there.</exception>
    public static void Check(string path, FileType? there, bool isDirectory)
    {
        if (there == FileType.Symlink)
        {
            throw new InTheWayException($"{path}: there is a symbolic link, which is not followed");
        }

        if (there is { } other && (other == FileType.Directory) != isDirectory)
        {
            throw new InTheWayException($"{path}: there is {(isDirectory ? "something that is no directory" : "a directory")}");
        }
    }

    private static async Task<GuestTarget> LookAsync(
        GuestClient guest, string path, bool followLink, CancellationToken cancellationToken)
    {
        try
        {
            FileStatResult there = await guest.Files.StatAsync(path, followLink, cancellationToken);
            return new GuestTarget(path, there.Type, IsKnown: true);
        }
        catch (GuestAgentException e) when (e.Code is ErrorCode.NotFound or ErrorCode.PermissionDenied)
        {
            return new GuestTarget(path, null, IsKnown: e.Code == ErrorCode.NotFound);
        }
    }
}
