using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Paths;

/// <summary>
/// What a path names as a program, found once and held open: the real directory, the name in it, and the file behind that
/// name. The name is the program's identity, as it tells a program what to be: many names may be links to one file, as
/// those of busybox, systemctl and sudo.
/// </summary>
internal sealed class ProgramFile : IDisposable
{
    private readonly Place _named;
    private readonly Place? _behind;
    private readonly FileStatus? _status;

    private ProgramFile(Place named, Place? behind, FileStatus? status)
    {
        _named = named;
        _behind = behind;
        _status = status;
    }

    /// <summary>The file, opened with O_PATH; null when there is none.</summary>
    public SafeFileHandle? File => Last.Target;

    /// <summary>Why there is no file; 0 when there is.</summary>
    public int Errno => Last.Errno;

    /// <summary>True when there is a regular file.</summary>
    public bool IsRegularFile => _status is { IsRegularFile: true };

    /// <summary>True when there is a regular file that somebody may execute.</summary>
    public bool IsExecutable => _status is { IsProgram: true };

    /// <summary>
    /// The first directory on the way that others can change; null when the path leads to this file for as long as those who
    /// are trusted do not change it.
    /// </summary>
    public string? Weakness => Last.Weakness;

    /// <summary>The directory of the name, opened with O_PATH; null when there is none.</summary>
    public SafeFileHandle? Directory => _named.Names.Count == 1 ? _named.Directory : null;

    private Place Last => _behind ?? _named;

    /// <summary>Finds it. Links are followed where those alone who are trusted can exchange them.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="trust">Who is trusted.</param>
    /// <exception cref="LinuxException">The agent lacks descriptors or memory.</exception>
    public static ProgramFile Find(AbsolutePath path, Trust trust = default)
    {
        Place named = PathWalk.Find(path, LinkRule.KeepLastTrusted, trust);
        Place? behind = null;
        try
        {
            FileStatus? status = StatusOf(named);
            if (named.Names.Count > 0 && status is { Kind: FileKind.SymbolicLink })
            {
                behind = PathWalk.FollowTrusted(named, trust);
                status = StatusOf(behind);
            }

            return new ProgramFile(named, behind, status);
        }
        catch
        {
            behind?.Dispose();
            named.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _named.Dispose();
        _behind?.Dispose();
    }

    private static FileStatus? StatusOf(Place place) => place.Target is { } target ? FileStatus.Of(target) : null;
}
