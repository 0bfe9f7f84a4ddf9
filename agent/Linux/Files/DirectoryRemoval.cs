using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>
/// Removes a directory that is held open with all that is in it, wherever it has been moved to, whoever made it and however
/// it is changed meanwhile: no link is followed, no path is looked up, no depth of directories takes more than a fixed
/// amount of memory and descriptors. Root does not do with it what its owner could not: directories of others stay, with what
/// is in them, wherever the owner has moved them, and so does what attributes keep that only root can take off.
/// </summary>
internal static class DirectoryRemoval
{
    private const uint OwnerOnly = 0x1C0; // 0700
    private static readonly int ReadDirectory = LibC.O_RDONLY | LibC.O_DIRECTORY;

    // More rounds than this only a process needs that adds files faster than they are removed.
    private const int MaxRounds = 10_000;

    // Directories that one look moves up and goes on with itself: a million in each other are removed, and a process that adds
    // them faster does not keep a look from its end.
    private const int MaxFollowed = 100;

    /// <summary>Removes a directory, and what has taken its name meanwhile.</summary>
    /// <param name="parent">Where it was made.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="directory">The directory itself, opened for reading.</param>
    /// <returns>False when something could not be removed; then it is there still.</returns>
    public static bool TryRemove(SafeHandle parent, FileName name, SafeFileHandle directory)
    {
        uint owner = FileStatus.Of(directory).UserId;
        return TryRemove(directory, owner) && TryRemoveName(parent, name, owner);
    }

    private static bool TryRemoveName(SafeHandle parent, FileName name, uint owner)
    {
        if (FileStatus.At(parent, name) is not { } found)
        {
            return true;
        }

        if (!IsOf(owner, found))
        {
            return false;
        }

        if (parent.TryRemove(name, isDirectory: false) is 0 or Errno.ENOENT)
        {
            return true;
        }

        using SafeFileHandle? directory = TryOpenDirectory(parent, name);
        return directory is not null && IsOf(owner, FileStatus.Of(directory)) && TryRemove(directory, owner);
    }

    private static bool IsOf(uint owner, in FileStatus found) => owner == 0 || found.UserId == owner;

    private static bool TryRemove(SafeFileHandle directory, uint owner)
    {
        long moved = 0;
        for (int round = 0; round < MaxRounds; round++)
        {
            if (IsGone(directory) || TryUnlink(directory))
            {
                return true;
            }

            if (!RemoveEntries(directory, owner, ref moved) && !TryFree(directory, owner))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsGone(SafeFileHandle directory) => FileStatus.Of(directory).Links == 0;

    // Its parent is asked of the directory itself; the name counts only if it is this directory's.
    private static bool TryUnlink(SafeFileHandle directory)
    {
        if (directory.TryOpen(FileName.Parent, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle above) != 0)
        {
            above.Dispose();
            return false;
        }

        using (above)
        {
            return FindName(above, directory) is { } name && above.TryRemove(name, isDirectory: true) == 0;
        }
    }

    private static FileName? FindName(SafeFileHandle above, SafeFileHandle directory)
    {
        FileStatus wanted = FileStatus.Of(directory);
        if (ProcDescriptor.ReadPath(directory) is { } path)
        {
            var name = new FileName(path.AsSpan(path.AsSpan().LastIndexOf((byte)'/') + 1));
            return IsAt(above, name, wanted) ? name : null;
        }

        // Without /proc, or moved to a place with a longer path than the kernel tells.
        return Look(above, all: true).Find(name => IsAt(above, name, wanted));
    }

    private static bool IsAt(SafeFileHandle above, FileName name, FileStatus wanted) =>
        FileStatus.At(above, name) is { } found && found.Inode == wanted.Inode && found.Device == wanted.Device;

    // One look at the top directory: files go; the files of each directory in it go, and the directories of that move up
    // into the top, where some are gone on with and others are for the next look.
    private static bool RemoveEntries(SafeFileHandle top, uint owner, ref long moved)
    {
        bool progress = false;
        var names = new Queue<FileName>(Look(top));
        long last = moved + MaxFollowed;
        while (names.TryDequeue(out FileName? name))
        {
            if (top.TryRemove(name, isDirectory: false) == 0)
            {
                progress = true;
            }
            else if (TryOpenDirectory(top, name) is { } directory)
            {
                using (directory)
                {
                    long before = moved;
                    bool isOurs = IsOf(owner, FileStatus.Of(directory));
                    progress |= isOurs && Empty(directory, top, owner, ref moved);
                    progress |= top.TryRemove(name, isDirectory: true) == 0 || TryFree(directory, owner);
                    while (before < Math.Min(moved, last))
                    {
                        names.Enqueue(Numbered(++before));
                    }
                }
            }
            else
            {
                progress |= TryFree(top, name, owner);
            }
        }

        return progress;
    }

    private static bool Empty(SafeFileHandle directory, SafeFileHandle top, uint owner, ref long moved)
    {
        bool progress = false;
        foreach (FileName name in Look(directory))
        {
            progress |= directory.TryRemove(name, isDirectory: false) == 0
                || directory.TryRemove(name, isDirectory: true) == 0
                || directory.TryRename(name, top, Numbered(++moved), replace: true) == 0
                || TryFree(directory, name, owner);
        }

        return progress;
    }

    private static FileName Numbered(long number) =>
        new(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".removing-{number}")));

    private static bool TryFree(SafeFileHandle directory, FileName name, uint owner)
    {
        if (TryOpenDirectory(directory, name) is { } inner)
        {
            using (inner)
            {
                return TryFree(inner, owner);
            }
        }

        if (owner != 0)
        {
            return false;
        }

        int errno = directory.TryOpen(name, LibC.O_RDONLY | LibC.O_NONBLOCK, 0, out SafeFileHandle file);
        using (file)
        {
            return errno == 0 && InodeFlags.TryFree(file);
        }
    }

    // Attributes that stop even root, which no other owner could take off, and permissions that stop an agent that is not
    // root. True when that changed anything.
    private static bool TryFree(SafeFileHandle directory, uint owner)
    {
        FileStatus found = FileStatus.Of(directory);
        return (owner == 0 && InodeFlags.TryFree(directory))
            || (IsOf(owner, found)
                && (found.Permissions & OwnerOnly) != OwnerOnly
                && ProcDescriptor.TryChangeMode(directory, OwnerOnly));
    }

    // A buffer full of names, read anew: what is left is seen by the next look.
    private static List<FileName> Look(SafeFileHandle directory, bool all = false)
    {
        List<FileName> names = [];
        using SafeFileHandle? listing = TryOpenDirectory(directory, FileName.Self);
        if (listing is null)
        {
            return names;
        }

        using var reader = new DirectoryReader(listing);
        while (reader.Fetch())
        {
            while (reader.TryTake(out ReadOnlySpan<byte> name))
            {
                names.Add(new FileName(name));
            }

            if (names.Count > 0 && !all)
            {
                break;
            }
        }

        return names;
    }

    private static SafeFileHandle? TryOpenDirectory(SafeHandle parent, FileName name)
    {
        int errno = parent.TryOpen(name, ReadDirectory, 0, out SafeFileHandle directory);
        if (errno == Errno.EACCES && parent.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle closed) == 0)
        {
            using (closed)
            {
                _ = ProcDescriptor.TryChangeMode(closed, OwnerOnly);
            }

            directory.Dispose();
            errno = parent.TryOpen(name, ReadDirectory, 0, out directory);
        }

        if (errno == 0)
        {
            return directory;
        }

        directory.Dispose();
        return null;
    }
}
