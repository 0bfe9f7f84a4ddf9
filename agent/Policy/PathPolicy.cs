using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Settings;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// Decides which files may be read and changed. A path is first followed to where it really leads, and that is compared
/// with the configured trees; what is then used is what was found, held open, and not the path. Whoever may not know
/// whether a file exists is told that it is forbidden, whether it exists or not.
/// </summary>
/// <param name="settings">The trees in force.</param>
internal sealed class PathPolicy(LiveSettings settings)
{
    /// <summary>What allows to read.</summary>
    public const string ReadRule = "policy.read_paths";

    /// <summary>What allows to change.</summary>
    public const string WriteRule = "policy.write_paths";

    /// <summary>True when reading is allowed somewhere.</summary>
    public bool AllowsReading => settings.Current.Policy.ReadPaths.Count > 0;

    /// <summary>True when changing is allowed somewhere.</summary>
    public bool AllowsChanging => settings.Current.Policy.WritePaths.Count > 0;

    /// <summary>Grants reading of what exists at a path.</summary>
    /// <param name="path">The path of a request.</param>
    /// <param name="followLast">False for a symbolic link itself.</param>
    /// <param name="field">The parameter that holds it.</param>
    /// <exception cref="OperationException">It is refused, or allowed and not there.</exception>
    public ReadGrant Read(string path, bool followLast = true, string field = "path")
    {
        AbsolutePath parsed = PathParameter.Parse(path, field);
        RequireSome(AllowsReading, ReadRule, path, field);
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
    /// <param name="isDirectory">Whether what is made is a directory itself.</param>
    /// <param name="field">The parameter that holds it.</param>
    /// <exception cref="OperationException">It is refused, or allowed and its directory is not there.</exception>
    public WriteGrant Write(
        string path, bool followLast = true, bool makesDirectories = false, bool isDirectory = false, string field = "path")
    {
        AbsolutePath parsed = PathParameter.Parse(path, field);
        RequireSome(AllowsChanging, WriteRule, path, field);
        Place place = PathWalk.Find(parsed, followLast ? LinkRule.FollowAll : LinkRule.KeepLast);
        RequireWithin(settings.Current.Policy.WritePaths, WriteRule, place, path, field);
        if (!CanBeMade(place, makesDirectories))
        {
            throw Missing(place, path, field);
        }

        var grant = new WriteGrant(place, field);
        if (grant.Target is null && (isDirectory || place.Names.Count > 1))
        {
            Require(grant, !Named.TurnAt(grant.Path), path, field, "goes up again behind it: no directory is made there");
        }

        return grant;
    }

    /// <summary>
    /// Changes who owns what a host may write, or its permissions. Those of a directory that the way to something named goes
    /// through stay: made root's alone, what others have put there would be root's word.
    /// </summary>
    /// <param name="grant">The grant to write.</param>
    /// <param name="target">What is at its place.</param>
    /// <param name="isMade">True for what need not be changed: copying a tree again asks for what each directory has.</param>
    /// <param name="change">The change.</param>
    /// <exception cref="OperationException">
    /// <see cref="ErrorCode.PermissionDenied"/>: it is such a directory, or has been moved on to such a way, and stays as it was.
    /// </exception>
    public void ChangeAccess(WriteGrant grant, SafeFileHandle target, Predicate<FileStatus> isMade, Action change)
    {
        FileStatus found = FileStatus.Of(target);
        if (found.Kind != FileKind.Directory)
        {
            change();
        }
        else if (!isMade(found)
            && (Named.PassThrough(grant.Path)
                || !AccessChange.TryMake(target, change, () => KernelPath.Of(target) is { } now && !Named.PassThrough(now))))
        {
            throw OnTheWay(grant.Path.ToString(), "path", "goes through this directory: its owner and mode stay");
        }
    }

    /// <summary>
    /// Grants removing what is at a path, a symbolic link itself. A link on the way to something that the policy names is the
    /// owner's word: without it, what takes its place would say what is named.
    /// </summary>
    /// <param name="path">The path of a request.</param>
    /// <param name="field">The parameter that holds it.</param>
    /// <exception cref="OperationException">It is refused, or allowed and not there.</exception>
    public WriteGrant Remove(string path, string field = "path")
    {
        WriteGrant grant = Write(path, followLast: false, field: field);
        Require(grant, !Named.LeadOver(grant.Path), path, field, "leads over this link, or one below: it stays");
        return grant;
    }

    /// <summary>
    /// Grants taking away what is at one path and putting it at another; a symbolic link is moved itself. What may not be
    /// read is not moved to where it may: writing does not include reading.
    /// </summary>
    /// <param name="from">The path of what is moved, the parameter <c>from</c>.</param>
    /// <param name="to">Its new path, the parameter <c>to</c>.</param>
    /// <exception cref="OperationException">One of them is refused, or the directory of the second is not there.</exception>
    public MoveGrant Move(string from, string to)
    {
        WriteGrant source = Remove(from, "from");
        WriteGrant? target = null;
        try
        {
            target = Remove(to, "to");
            var readable = new PathTrees(settings.Current.Policy.ReadPaths);
            if ((readable.Contain(target.Path) || readable.Pass(target.Path)) && !readable.Contain(source.Path))
            {
                throw new OperationException(
                    ErrorCode.PermissionDenied,
                    $"The policy does not allow reading {from}, and it does at {to} or below: moving would be reading.",
                    new ErrorDetail(ReadRule, "from"));
            }

            // A link that root has made is the owner's word where it is, and not where a host puts it.
            bool isNamed = Named.Pass(target.Path);
            if (isNamed && source.Target is { } moved && FileStatus.Of(moved).Kind is FileKind.SymbolicLink or FileKind.Directory)
            {
                throw new OperationException(
                    ErrorCode.PermissionDenied,
                    $"The policy names {to}, or something below it: a link or a directory does not take that place.",
                    new ErrorDetail("policy", "to"));
            }

            return new MoveGrant(source, target, OfHeldFile: isNamed);
        }
        catch
        {
            target?.Dispose();
            source.Dispose();
            throw;
        }
    }

    /// <summary>Asks again for a change that was granted and goes on.</summary>
    /// <param name="real">The real path of the grant.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: it would not be granted now.</exception>
    public void RequireWrite(KernelPath real)
    {
        if (!new PathTrees(settings.Current.Policy.WritePaths).Contain(real))
        {
            throw Refusal(WriteRule, real.ToString(), "path");
        }
    }

    private PathTrees Named => new(settings.Current.Policy.AllTrees());

    private static void Require(WriteGrant grant, bool isAllowed, string path, string field, string why)
    {
        if (!isAllowed)
        {
            grant.Dispose();
            throw OnTheWay(path, field, why);
        }
    }

    private static OperationException OnTheWay(string path, string field, string why) => new(
        ErrorCode.PermissionDenied,
        $"{path}: the way to something that the policy names {why}.",
        new ErrorDetail("policy", field));

    private static bool CanBeMade(Place place, bool makesDirectories) =>
        place.Errno == 0 || (place.Errno == Errno.ENOENT && (place.Names.Count == 1 || makesDirectories));

    // Nothing is walked where no path would do.
    private static void RequireSome(bool isAllowed, string rule, string path, string field)
    {
        if (!isAllowed)
        {
            throw Refusal(rule, path, field);
        }
    }

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
            throw Refusal(rule, path, field);
        }
    }

    private static OperationException Refusal(string rule, string path, string field) => new(
        ErrorCode.PermissionDenied,
        $"The policy does not allow {(rule == ReadRule ? "reading" : "changing")} {path}.",
        new ErrorDetail(rule, field));

    private static OperationException Missing(Place place, string path, string field)
    {
        place.Dispose();
        return FileFailure.Of(place.Errno, path, field);
    }
}
