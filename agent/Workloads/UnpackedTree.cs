using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// Files, directories and links below one directory that nobody else can enter yet, made by held descriptors and by names of any
/// bytes. No link is ever followed, so that nothing is made, and nothing gets another name, that is not in the tree. How many are
/// made is bounded, as one entry of an archive may have a thousand names.
/// </summary>
internal sealed class UnpackedTree : IDisposable
{
    private const uint Private = 0x180; // 0600
    private const uint Plain = 0x1A4; // 0644
    private const uint Executable = 0x1ED; // 0755
    private static readonly int ReadDirectory = LibC.O_RDONLY | LibC.O_DIRECTORY;

    private readonly SafeFileHandle _top;
    private readonly Account? _owner;
    private readonly int _maxMade;

    // What is made and what hard links name are mostly in two directories.
    private readonly TreeCursor _making;
    private readonly TreeCursor _finding;
    private int _made;

    /// <summary>Begins with an empty directory.</summary>
    /// <param name="top">The directory.</param>
    /// <param name="owner">Whom the tree is for; null for the agent itself.</param>
    /// <param name="maxMade">Most files, directories and links.</param>
    public UnpackedTree(SafeFileHandle top, Account? owner, int maxMade)
    {
        (_top, _owner, _maxMade) = (top, owner, maxMade);
        _making = new TreeCursor(top, OpenOrMake);
        _finding = new TreeCursor(top, OpenThere);
    }

    /// <summary>Makes a directory, with those that lead there.</summary>
    /// <exception cref="OperationException">One of them is something else, or there are too many.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void MakeDirectory(FileName[] path) => _making.Enter(path, path.Length);

    /// <summary>Makes an empty file, in place of a file or link that has its name.</summary>
    /// <returns>It, open to be written.</returns>
    /// <exception cref="OperationException">It cannot be there, or there are too many.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public SafeFileHandle MakeFile(FileName[] path, bool isExecutable)
    {
        SafeFileHandle? file = null;
        Make(path, "a file", (directory, name) =>
        {
            file?.Dispose();
            return directory.TryOpen(name, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL, Private, out file);
        });
        Give(file!, isExecutable ? Executable : Plain);
        return file!;
    }

    /// <summary>Makes a symbolic link, in place of a file or link that has its name.</summary>
    /// <param name="path">Where.</param>
    /// <param name="target">What it says, which nothing here follows; 1 to 4095 bytes, none of them NUL.</param>
    /// <exception cref="OperationException">It cannot be there, or there are too many.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void MakeSymbolicLink(FileName[] path, byte[] target)
    {
        SafeFileHandle directory = Make(path, "a link", (directory, name) => directory.TryMakeLink(name, target));
        if (_owner is not null)
        {
            directory.TryOpen(path[^1], LibC.O_PATH, 0, out SafeFileHandle opened);
            using SafeFileHandle link = opened.OrThrow("open");
            link.ChangeOwnerOf(_owner.UserId, _owner.GroupId);
        }
    }

    /// <summary>Gives a file or symbolic link of the tree one more name, in place of a file or link that has it.</summary>
    /// <param name="path">The further name.</param>
    /// <param name="target">The name that it has.</param>
    /// <exception cref="OperationException">There is none, or it cannot be there, or there are too many.</exception>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void MakeHardLink(FileName[] path, FileName[] target)
    {
        SafeFileHandle? from = _finding.Enter(target, target.Length - 1);
        if (from is null || FileStatus.At(from, target[^1]) is not { } source)
        {
            throw NoTarget(path, target, "is missing or behind a link");
        }

        if (source.Kind == FileKind.Directory)
        {
            throw NoTarget(path, target, "is a directory");
        }

        Make(path, "a link", (directory, name) =>
            // tar leaves what is the same file already.
            FileStatus.At(directory, name) is { } there && there.IsSameFileAs(source)
                ? 0
                : from.TryMakeHardLink(target[^1], directory, name) is not (Errno.EPERM or Errno.EMLINK) and var errno
                    ? errno
                    : throw NoTarget(path, target, "cannot have one more name here"));
    }

    /// <summary>Whether a path leads to a file of the tree, by whatever links of the tree.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public bool HasFile(FileName[] path) => LinkWalk.LeadsToFile(_top, path);

    /// <inheritdoc/>
    public void Dispose()
    {
        _making.Dispose();
        _finding.Dispose();
    }

    // Of what has the name already nothing is changed: it goes, and keeps the other names that it may have.
    private SafeFileHandle Make(FileName[] path, string what, Func<SafeFileHandle, FileName, int> make)
    {
        SafeFileHandle directory = _making.Enter(path, path.Length - 1)!;
        CountOneMore();
        int errno = make(directory, path[^1]);
        if (errno == Errno.EEXIST)
        {
            ThrowIfDeferred(directory, path);
            if (directory.TryRemove(path[^1], isDirectory: false) == Errno.EISDIR)
            {
                throw Twice(path, what, "a directory");
            }

            errno = make(directory, path[^1]);
        }

        return errno == 0 ? directory : throw new LinuxException("make", errno);
    }

    // GNU tar makes links that may lead outside behind all the rest, some of them in the place of what came later.
    private static void ThrowIfDeferred(SafeFileHandle directory, FileName[] path)
    {
        if (FileStatus.At(directory, path[^1])?.Kind != FileKind.SymbolicLink)
        {
            return;
        }

        directory.TryOpen(path[^1], LibC.O_PATH, 0, out SafeFileHandle opened);
        using SafeFileHandle link = opened.OrThrow("open");
        if (link.ReadLink() is not { } target || target[0] == (byte)'/' || HasParent(target))
        {
            throw Twice(path, "a link that may lead outside", "something else");
        }
    }

    private static bool HasParent(ReadOnlySpan<byte> target)
    {
        foreach (Range part in target.Split((byte)'/'))
        {
            if (target[part].SequenceEqual(".."u8))
            {
                return true;
            }
        }

        return false;
    }

    private SafeFileHandle OpenOrMake(SafeFileHandle directory, FileName[] path, int names)
    {
        FileName name = path[names - 1];
        int errno = directory.TryOpen(name, ReadDirectory, 0, out SafeFileHandle opened);
        if (errno == Errno.ENOENT)
        {
            CountOneMore();
            directory.TryMakeDirectory(name, Executable);
            directory.TryOpen(name, ReadDirectory, 0, out opened);
            Give(opened.OrThrow("open"), Executable);
            return opened;
        }

        return errno is Errno.ENOTDIR or Errno.ELOOP ? throw NoDirectory(directory, path, names) : opened.OrThrow("open");
    }

    private static SafeFileHandle? OpenThere(SafeFileHandle directory, FileName[] path, int names) =>
        directory.TryOpen(path[names - 1], ReadDirectory, 0, out SafeFileHandle opened) is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP
            ? null
            : opened.OrThrow("open");

    private void Give(SafeFileHandle made, uint mode)
    {
        made.ChangeMode(mode);
        if (_owner is not null)
        {
            made.ChangeOwner(_owner.UserId, _owner.GroupId);
        }
    }

    private void CountOneMore()
    {
        if (++_made > _maxMade)
        {
            throw ArchiveFault.TooLarge("files, directories and links", _maxMade);
        }
    }

    private static OperationException NoDirectory(SafeFileHandle directory, FileName[] path, int names)
    {
        bool isLink = FileStatus.At(directory, path[names - 1])?.Kind == FileKind.SymbolicLink;
        return isLink && names < path.Length
            ? ArchiveFault.Malformed($"has {Text(path)} behind the link {Text(path[..names])}")
            : Twice(path[..names], isLink ? "a link" : "a file", "a directory");
    }

    private static OperationException Twice(FileName[] path, string what, string other) =>
        ArchiveFault.Malformed($"has {Text(path)} as {what} and as {other}");

    private static OperationException NoTarget(FileName[] path, FileName[] target, string what) =>
        ArchiveFault.Malformed($"has {Text(path)} as a hard link to {Text(target)}, which {what}");

    private static string Text(FileName[] path) => string.Join<FileName>('/', path);
}
