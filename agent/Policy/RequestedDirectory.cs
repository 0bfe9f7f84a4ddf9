using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>The working directory that a request asks for: found once, and held for the command that starts there.</summary>
/// <param name="path">Its path; null for the default.</param>
internal sealed class RequestedDirectory(string? path) : IDisposable
{
    private const string Field = "working_directory";

    private Place? _place;
    private bool _isTaken;

    /// <summary>True when one is asked for.</summary>
    public bool IsAskedFor => path is not null;

    /// <summary>True when it really is in one of some trees, or would be.</summary>
    /// <param name="trees">As in the configuration.</param>
    public bool IsWithin(IReadOnlyList<string> trees) =>
        trees.Count > 0 && Find().Path is { } real && new PathTrees(trees).Contain(real);

    /// <summary>The directory, which is the caller's to dispose; null when none is asked for.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.CommandFailed"/>: it is not there, or no directory.</exception>
    public Place? Take()
    {
        if (!IsAskedFor)
        {
            return null;
        }

        Place place = Find();
        int errno = place.Target is not { } target ? place.Errno
            : FileStatus.Of(target).Kind != FileKind.Directory ? Errno.ENOTDIR
            : 0;
        if (errno != 0)
        {
            throw new OperationException(
                ErrorCode.CommandFailed,
                $"The command could not be started: working directory {path}: {Errno.Describe(errno)} ({Errno.Name(errno)}).",
                new ErrorDetail("exec.working_directory", Field, Errno: Errno.Name(errno)));
        }

        _isTaken = true;
        return place;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isTaken)
        {
            _place?.Dispose();
        }
    }

    private Place Find() => _place ??= PathWalk.Find(PathParameter.Parse(path!, Field), LinkRule.FollowAll);
}
