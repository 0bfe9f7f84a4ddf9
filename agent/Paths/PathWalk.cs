using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Paths;

/// <summary>
/// Finds where a path leads, one component after the other, each opened in the directory before it and never through a
/// link: links are read and walked like the path itself. So each step is on something that is held open, and the answer
/// also says where a path stops to exist, which openat2(2) would not. Nothing is made, changed or waited for.
/// </summary>
internal ref struct PathWalk
{
    // As the kernel, path_resolution(7).
    private const int MaxLinks = 40;

    // Inode of the root of every procfs, include/linux/proc_fs.h.
    private const ulong ProcRootInode = 1;

    private readonly LinkRule _rule;
    private SafeFileHandle _directory;
    private ReadOnlySpan<byte> _rest;
    private int _links;

    private PathWalk(ReadOnlySpan<byte> path, LinkRule rule)
    {
        _rule = rule;
        _rest = path;
        _directory = OpenRoot();
    }

    /// <summary>Walks.</summary>
    /// <param name="path">The path.</param>
    /// <param name="rule">Which links to follow.</param>
    /// <returns>What is there, or the last that is.</returns>
    /// <exception cref="LinuxException">The agent lacks descriptors or memory.</exception>
    public static Place Find(AbsolutePath path, LinkRule rule)
    {
        var walk = new PathWalk(path.Bytes.Span, rule);
        try
        {
            return walk.Run();
        }
        catch
        {
            walk._directory.Dispose();
            throw;
        }
    }

    private Place Run()
    {
        while (Next() is { } name)
        {
            if (name.Bytes.SequenceEqual(FileName.Parent.Bytes))
            {
                // Only links have it. The kernel's own "..", which stays where it is in the root.
                Enter(_directory.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle above), above);
                continue;
            }

            // As a directory first, so that an automounter sees it coming.
            int errno = _directory.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle found);
            bool isDirectory = errno == 0;
            if (errno == Errno.ENOTDIR)
            {
                found.Dispose();
                errno = _directory.TryOpen(name, LibC.O_PATH, 0, out found);
            }

            if (errno != 0)
            {
                found.Dispose();
                return Stop(name, errno);
            }

            if (!isDirectory && (_rule != LinkRule.KeepLast || !IsAtEnd) && FileStatus.Of(found) is var status
                && status.Kind == FileKind.SymbolicLink)
            {
                errno = Follow(found, status);
                found.Dispose();
                if (errno != 0)
                {
                    return Stop(name, errno);
                }
            }
            else if (IsAtEnd)
            {
                return Arrive(name, found);
            }
            else if (isDirectory)
            {
                Enter(0, found);
            }
            else
            {
                found.Dispose();
                return Stop(name, Errno.ENOTDIR);
            }
        }

        return new Place(_directory, KernelPath.Of(_directory), [], _directory, 0);
    }

    private readonly bool IsAtEnd => !_rest.ContainsAnyExcept("/"u8);

    private static SafeFileHandle OpenRoot() =>
        LibC.open("/", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open /");

    private FileName? Next()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _rest.TrimStart((byte)'/');
            int length = rest.IndexOf((byte)'/') is >= 0 and int slash ? slash : rest.Length;
            _rest = rest[length..];
            ReadOnlySpan<byte> component = rest[..length];
            if (component.IsEmpty)
            {
                return null;
            }

            if (!component.SequenceEqual("."u8))
            {
                return new FileName(component);
            }
        }
    }

    private void Enter(int errno, SafeFileHandle directory)
    {
        if (errno != 0)
        {
            directory.Dispose();
            throw new LinuxException("open ..", errno);
        }

        _directory.Dispose();
        _directory = directory;
    }

    private int Follow(SafeFileHandle link, FileStatus status)
    {
        if (++_links > MaxLinks || IsMagic(link))
        {
            return Errno.ELOOP;
        }

        if (_rule == LinkRule.FollowOwn && status.UserId != 0 && status.UserId != FileStatus.EffectiveUserId)
        {
            return Errno.EACCES;
        }

        if (link.ReadLink() is not { } target)
        {
            return Errno.ENAMETOOLONG;
        }

        if (target[0] == (byte)'/')
        {
            Enter(0, OpenRoot());
        }

        _rest = (byte[])[.. target, .. _rest];
        return 0;
    }

    // What /proc/PID/exe, cwd, root and fd/N show as their text is not where the kernel would lead. In the root of procfs
    // are ordinary links only, such as self and mounts.
    private readonly bool IsMagic(SafeFileHandle link) =>
        link.FileSystemKind() == LibC.PROC_SUPER_MAGIC && FileStatus.Of(_directory).Inode != ProcRootInode;

    private readonly Place Arrive(FileName name, SafeFileHandle target)
    {
        FileName[] names = [name];
        return new Place(_directory, KernelPath.Of(_directory)?.Append(names), names, target, 0);
    }

    private Place Stop(FileName name, int errno)
    {
        if (Errno.IsExhaustion(errno))
        {
            throw new LinuxException("open", errno);
        }

        List<FileName> names = [name];
        while (Next() is { } missing)
        {
            names.Add(missing);
        }

        // What would be above something that does not exist is nowhere.
        bool isSomewhere = !names.Exists(missing => missing.Bytes.SequenceEqual(FileName.Parent.Bytes));
        return new Place(_directory, isSomewhere ? KernelPath.Of(_directory)?.Append(names) : null, names, null, errno);
    }
}
