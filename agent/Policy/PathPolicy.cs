using GuestAgent.Errors;
using GuestAgent.Linux;
using GuestAgent.Paths;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>
/// Decides which files may be read and changed. A path is first followed to where it really leads, and that is compared
/// with the configured trees; what is then used is what was found, held open, and not the path. Whoever may not know
/// whether a file exists is told that it is forbidden, whether it exists or not.
/// </summary>
/// <param name="settings">The trees in force.</param>
internal sealed class PathPolicy(LiveSettings settings)
{
    private const string ReadRule = "policy.read_paths";
    private const string WriteRule = "policy.write_paths";

    /// <summary>Grants reading of what exists at a path.</summary>
    /// <param name="path">The path of a request.</param>
    /// <param name="followLast">False for a symbolic link itself.</param>
    /// <param name="field">The parameter that holds it, below <c>params</c>.</param>
    /// <exception cref="OperationException">It is refused, or allowed and not there.</exception>
    public ReadGrant Read(string path, bool followLast = true, string field = "path")
    {
        AbsolutePath parsed = Parse(path, field);
        Place place = PathWalk.Find(parsed, followLast ? LinkRule.FollowAll : LinkRule.KeepLast);
        RequireWithin(settings.Current.Policy.ReadPaths, ReadRule, place, path, field);
        return place.Errno == 0 ? new ReadGrant(place) : throw Missing(place, path, field);
    }

    /// <summary>Grants changes of what is at a path, or making something there.</summary>
    /// <param name="path">The path of a request.</param>
    /// <param name="followLast">
    /// True to change what a symbolic link leads to, false to change the link: to remove or rename it.
    /// </param>
    /// <param name="makesDirectories">Whether missing directories are going to be made.</param>
    /// <param name="field">The parameter that holds it, below <c>params</c>.</param>
    /// <exception cref="OperationException">It is refused, or allowed and its directory is not there.</exception>
    public WriteGrant Write(string path, bool followLast = true, bool makesDirectories = false, string field = "path")
    {
        AbsolutePath parsed = Parse(path, field);
        Place place = PathWalk.Find(parsed, followLast ? LinkRule.FollowAll : LinkRule.KeepLast);
        RequireWithin(settings.Current.Policy.WritePaths, WriteRule, place, path, field);
        return CanBeMade(place, makesDirectories) ? new WriteGrant(place, field) : throw Missing(place, path, field);
    }

    /// <summary>Grants taking away what is at one path and putting it at another; a symbolic link is moved itself.</summary>
    /// <param name="from">The path of what is moved, the parameter <c>from</c>.</param>
    /// <param name="to">Its new path, the parameter <c>to</c>.</param>
    /// <exception cref="OperationException">One of them is refused, or the directory of the second is not there.</exception>
    public MoveGrant Move(string from, string to)
    {
        WriteGrant source = Write(from, followLast: false, field: "from");
        try
        {
            return new MoveGrant(source, Write(to, followLast: false, field: "to"));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static bool CanBeMade(Place place, bool makesDirectories) =>
        place.Errno == 0 || (place.Errno == Errno.ENOENT && (place.Names.Count == 1 || makesDirectories));

    private static void RequireWithin(IReadOnlyList<string> trees, string rule, Place place, string path, string field)
    {
        bool allowed = false;
        try
        {
            allowed = place.Path is { } real && new PathTrees(trees).Contain(real);
        }
        finally
        {
            if (!allowed)
            {
                place.Dispose();
            }
        }

        if (!allowed)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                $"The policy does not allow {(rule == ReadRule ? "reading" : "changing")} {path}.",
                new ErrorDetail(rule, "params." + field));
        }
    }

    private static OperationException Missing(Place place, string path, string field)
    {
        place.Dispose();
        return FileFailure.Of(place.Errno, path, field);
    }

    private static AbsolutePath Parse(string path, string field) => AbsolutePath.TryParse(path, out AbsolutePath parsed) switch
    {
        null => parsed,
        PathFault.Nul => throw OperationException.InvalidParameter(field, "A path has no NUL.", "nul"),
        PathFault.TooLong => throw new OperationException(
            ErrorCode.InvalidParameters,
            $"A path has at most {AbsolutePath.MaxBytes} bytes.",
            new ErrorDetail("length", "params." + field, AbsolutePath.MaxBytes)),
        _ => throw OperationException.InvalidParameter(
            field, "A path is absolute and has no component \"..\".", "absolute_path"),
    };
}
