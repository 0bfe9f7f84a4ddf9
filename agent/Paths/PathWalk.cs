using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
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
    private readonly Trust _trust;
    private SafeFileHandle _directory;
    private ReadOnlySpan<byte> _rest;
    private string? _weakness;
    private int _links;
    private List<KernelPath>? _followed;

    private PathWalk(SafeFileHandle directory, ReadOnlySpan<byte> path, LinkRule rule, Trust trust)
    {
        _rule = rule;
        _trust = trust;
        _rest = path;
        _directory = directory;
    }

    /// <summary>Walks.</summary>
    /// <param name="path">The path.</param>
    /// <param name="rule">Which links to follow.</param>
    /// <param name="trust">Whom the rule may trust besides root and the agent's own user.</param>
    /// <returns>What is there, or the last that is.</returns>
    /// <exception cref="LinuxException">The agent lacks descriptors or memory.</exception>
    public static Place Find(AbsolutePath path, LinkRule rule, Trust trust = default) =>
        new PathWalk(OpenRoot(), path.Bytes.Span, rule, trust).RunOrClose();

    /// <summary>Walks on from a symbolic link that <see cref="LinkRule.KeepLastTrusted"/> has found.</summary>
    /// <param name="link">The link.</param>
    /// <param name="trust">As for the walk to it.</param>
    /// <returns>What it leads to, or the last that is there.</returns>
    /// <exception cref="LinuxException">The agent lacks descriptors or memory.</exception>
    public static Place FollowTrusted(Place link, Trust trust = default)
    {
        int errno = link.Directory.TryOpen(FileName.Self, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle directory);
        if (errno != 0)
        {
            directory.Dispose();
            throw new LinuxException("open", errno);
        }

        return new PathWalk(directory, link.Names[^1].Bytes, LinkRule.FollowTrusted, trust)
        {
            _weakness = link.Weakness,
        }.RunOrClose(link.Target);
    }

    private Place RunOrClose(SafeFileHandle? link = null)
    {
        try
        {
            return link is not null && Next() is { } name && Follow(name, link, FileStatus.Of(link)) is not 0 and var errno
                ? Stop(name, errno)
                : Run();
        }
        catch
        {
            _directory.Dispose();
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

            int errno = Open(name, out SafeFileHandle found, out bool isDirectory);

            if (errno != 0)
            {
                found.Dispose();
                return Stop(name, errno);
            }

            if (IsTrusting)
            {
                LookForWeakness(found);
            }

            if (!isDirectory && !(KeepsLast && IsAtEnd) && FileStatus.Of(found) is var status
                && status.Kind == FileKind.SymbolicLink)
            {
                errno = Follow(name, found, status);
                found.Dispose();
                if (errno != 0)
                {
                    return Stop(name, errno);
                }
            }
            else if (IsAtEnd && (isDirectory || _rest.IsEmpty))
            {
                // A slash at the end of a link's text is there for a directory only.
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

        return new Place(_directory, isSomewhere: true, [], _directory, 0) { Weakness = _weakness, Links = _followed ?? [] };
    }

    private readonly int Open(FileName name, out SafeFileHandle found, out bool isDirectory)
    {
        // As a directory first, so that an automounter sees it coming; what is not mounted yet is no program.
        if (_rule != LinkRule.KeepLastTrusted || !IsAtEnd)
        {
            int errno = _directory.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out found);
            isDirectory = errno == 0;
            if (errno != Errno.ENOTDIR)
            {
                return errno;
            }

            found.Dispose();
        }

        isDirectory = false;
        return _directory.TryOpen(name, LibC.O_PATH, 0, out found);
    }

    private readonly bool KeepsLast => _rule is LinkRule.KeepLast or LinkRule.KeepLastTrusted;

    private readonly bool IsTrusting => _rule is LinkRule.FollowTrusted or LinkRule.KeepLastTrusted;

    private readonly bool IsAtEnd => !_rest.ContainsAnyExcept("/"u8);

    private static SafeFileHandle OpenRoot() =>
        NativeMethods.open("/", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open /");

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

    private int Follow(FileName name, SafeFileHandle link, FileStatus status)
    {
        if (++_links > MaxLinks || IsMagic(link))
        {
            return Errno.ELOOP;
        }

        if (IsTrusting && (_weakness is not null || !_trust.Includes(status.UserId)))
        {
            _weakness ??= KernelPath.Of(_directory)?.ToString() ?? "?";
            return Errno.EACCES;
        }

        if (link.ReadLink() is not { } target)
        {
            return Errno.ENAMETOOLONG;
        }

        if (IsTrusting && KernelPath.Of(_directory) is { } directory)
        {
            (_followed ??= []).Add(directory.Append([name]));
        }

        if (target[0] == (byte)'/')
        {
            Enter(0, OpenRoot());
        }

        _rest = (byte[])[.. target, .. _rest];
        return 0;
    }

    // In a sticky directory a name stays with its owner, unless the file system behind it is another's. But others can have
    // put it there: a link or file of root that stood in a directory of theirs, and a directory in which they may write.
    private void LookForWeakness(SafeFileHandle found)
    {
        FileStatus directory = FileStatus.Of(_directory);
        bool isTrusted = _trust.Includes(directory.UserId);
        if (isTrusted && !directory.IsWritableByOthers)
        {
            return;
        }

        FileStatus status = FileStatus.Of(found);
        bool staysThere = isTrusted && directory.IsSticky && status.Kind == FileKind.Directory
            && _trust.Includes(status.UserId) && status.Device == directory.Device;
        if (!staysThere || status.IsWritableByOthers)
        {
            _weakness ??= KernelPath.Of(staysThere ? found : _directory)?.ToString() ?? "?";
        }
    }

    // What /proc/PID/exe, cwd, root and fd/N show as their text is not where the kernel would lead. In the root of procfs
    // are ordinary links only, such as self and mounts.
    private readonly bool IsMagic(SafeFileHandle link) =>
        link.FileSystemKind() == NativeMethods.PROC_SUPER_MAGIC && FileStatus.Of(_directory).Inode != ProcRootInode;

    private readonly Place Arrive(FileName name, SafeFileHandle target)
    {
        FileName[] names = [name];
        return new Place(_directory, isSomewhere: true, names, target, 0) { Weakness = _weakness, Links = _followed ?? [] };
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
        return new Place(_directory, isSomewhere, names, null, errno) { Weakness = _weakness, Links = _followed ?? [] };
    }
}
