using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// Deletes a directory with all that is in it. Each directory is entered from the one before, never through a link, so that
/// nothing outside is reached, whatever others do to the tree meanwhile. Mount points are not entered: they cannot be
/// removed, which is tried first. Descriptors and memory are bounded, however deep the tree is.
/// </summary>
/// <param name="directory">Where the tree is; stays the caller's.</param>
/// <param name="name">Name of the tree.</param>
internal sealed class TreeRemoval(SafeFileHandle directory, FileName name) : IDisposable
{
    // Deeper ones are opened again from below when their turn comes back.
    private const int LevelsHeldOpen = 64;

    // A path has room for 2,047 names; deeper trees are made by going down step by step.
    private const int MaxLevels = 16 * 1024;

    // How often a directory is gone through that others fill at the same time.
    private const int MaxPasses = 16;

    // Calls between two turns of everything else.
    private const int CallsAtOnce = 256;

    private readonly Stack<TreeLevel> _levels = new();
    private int _calls;

    /// <summary>Files, links and directories that are gone.</summary>
    public long Deleted { get; private set; }

    /// <summary>Deletes.</summary>
    /// <exception cref="LinuxException">Something cannot be deleted; what was deleted until then is gone.</exception>
    /// <exception cref="OperationCanceledException">Likewise.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        Enter(directory, name, pass: 1);
        while (_levels.TryPeek(out TreeLevel? level))
        {
            if (++_calls % CallsAtOnce == 0)
            {
                await Task.Yield();
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (level.Reader.TryTake(out ReadOnlySpan<byte> entry))
            {
                Remove(level, new FileName(entry));
            }
            else if (!level.Reader.Fetch())
            {
                Leave();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TreeLevel level in _levels)
        {
            level.Dispose();
        }
    }

    private void Remove(TreeLevel level, FileName entry)
    {
        int errno = level.Directory.TryRemove(entry, isDirectory: false);
        if (errno == Errno.EISDIR)
        {
            errno = level.Directory.TryRemove(entry, isDirectory: true);
            if (errno is Errno.ENOTEMPTY or Errno.EEXIST)
            {
                Enter(level.Directory, entry, pass: 1);
                return;
            }
        }

        Count(errno, entry);
    }

    private void Enter(SafeFileHandle above, FileName entry, int pass)
    {
        int errno = above.TryOpen(entry, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle opened);
        if (errno != 0)
        {
            opened.Dispose();
            // Something else has its name now; the next pass through the directory above will see.
            if (errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            {
                throw new LinuxException(entry.ToString(), errno);
            }

            return;
        }

        if (_levels.Count >= MaxLevels)
        {
            opened.Dispose();
            throw new LinuxException(entry.ToString(), Errno.ENAMETOOLONG);
        }

        if (_levels.Count > LevelsHeldOpen)
        {
            _levels.Peek().Dispose();
        }

        _levels.Push(new TreeLevel(entry, opened, pass));
    }

    private void Leave()
    {
        TreeLevel done = _levels.Pop();
        if (_levels.TryPeek(out TreeLevel? above) && above.IsClosed)
        {
            above.ReopenFrom(done);
        }

        done.Dispose();
        SafeFileHandle parent = above?.Directory ?? directory;
        int errno = parent.TryRemove(done.Name, isDirectory: true);
        if (errno is Errno.ENOTEMPTY or Errno.EEXIST && done.Pass < MaxPasses)
        {
            Enter(parent, done.Name, done.Pass + 1);
            return;
        }

        Count(errno, done.Name);
    }

    private void Count(int errno, FileName entry)
    {
        if (errno == 0)
        {
            Deleted++;
        }
        else if (errno != Errno.ENOENT)
        {
            throw new LinuxException(entry.ToString(), errno);
        }
    }
}
