using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Where in the guest something goes.</summary>
/// <param name="Path">The path of the thing itself.</param>
/// <param name="IsNew">True when there is surely nothing.</param>
/// <param name="IsFile">True when there is surely a file, which is replaced.</param>
internal readonly record struct GuestTarget(string Path, bool IsNew, bool IsFile)
{
    /// <summary>Finds out whether a destination is a directory, which takes things under their own names.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="destination">What the user named; with a slash at the end it is a directory.</param>
    /// <param name="name">Name of the thing; a dot, or nothing, when only what is in it is copied.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<GuestTarget> FindAsync(
        GuestClient guest, string destination, string name, CancellationToken cancellationToken)
    {
        bool hasName = name is not ("" or "." or "..");
        if (destination.EndsWith('/') && hasName)
        {
            return new GuestTarget(GuestPath.Join(destination, name), IsNew: false, IsFile: false);
        }

        try
        {
            FileStatResult there = await guest.Files.StatAsync(destination, followLink: true, cancellationToken);
            return there.Type == FileType.Directory && hasName
                ? new GuestTarget(GuestPath.Join(destination, name), IsNew: false, IsFile: false)
                : new GuestTarget(destination, IsNew: false, IsFile: there.Type != FileType.Directory);
        }
        catch (GuestAgentException e) when (e.Code is ErrorCode.NotFound or ErrorCode.PermissionDenied)
        {
            // Where only writing is allowed, the path is taken as it stands.
            return new GuestTarget(destination, IsNew: e.Code == ErrorCode.NotFound, IsFile: false);
        }
    }
}
