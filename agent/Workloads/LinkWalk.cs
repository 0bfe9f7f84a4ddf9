using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Workloads;

/// <summary>
/// Tells whether a path leads to a file of the tree that it begins in, its symbolic links followed as the kernel will follow them
/// for the program (path_resolution(7)), but never out of the tree: a link that begins at the root, or that goes above the top
/// with <c>..</c>, leads to nothing.
/// </summary>
internal sealed class LinkWalk : IDisposable
{
    // As the kernel.
    private const int MaxLinks = 40;

    private readonly Stack<FileName> _rest = new();
    private SafeFileHandle _directory;
    private int _depth;
    private int _links;

    private LinkWalk(SafeFileHandle directory) => _directory = directory;

    /// <summary>Walks.</summary>
    /// <param name="top">The directory that the path begins in.</param>
    /// <param name="path">The path.</param>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static bool LeadsToFile(SafeFileHandle top, FileName[] path)
    {
        using var walk = new LinkWalk(OpenDirectory(top, FileName.Self));
        walk.Push(path);
        return walk.Run();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private bool Run()
    {
        while (_rest.TryPop(out FileName? name))
        {
            bool isParent = name.Bytes.SequenceEqual(FileName.Parent.Bytes);
            if (isParent && _depth == 0)
            {
                return false;
            }

            switch (FileStatus.At(_directory, name)?.Kind)
            {
                case FileKind.Directory:
                    SafeFileHandle next = OpenDirectory(_directory, name);
                    _directory.Dispose();
                    _directory = next;
                    _depth += isParent ? -1 : name.Bytes.SequenceEqual(FileName.Self.Bytes) ? 0 : 1;
                    break;
                case FileKind.SymbolicLink when TryFollow(name):
                    break;
                case FileKind.Regular:
                    return _rest.Count == 0;
                default:
                    return false;
            }
        }

        return false;
    }

    private bool TryFollow(FileName name)
    {
        _directory.TryOpen(name, LibC.O_PATH, 0, out SafeFileHandle opened);
        using SafeFileHandle link = opened.OrThrow("open");
        if (++_links > MaxLinks || link.ReadLink() is not { } target || target[0] == (byte)'/')
        {
            return false;
        }

        // A slash at the end stands before the directory itself, and so for a directory only.
        List<FileName> names = [];
        foreach (Range part in target.AsSpan().Split((byte)'/'))
        {
            names.Add(target.AsSpan(part) is { IsEmpty: false } text ? new FileName(text) : FileName.Self);
        }

        if (names.Exists(part => part.Bytes.Length > FileName.MaxBytes))
        {
            return false;
        }

        Push([.. names]);
        return true;
    }

    private void Push(FileName[] names)
    {
        for (int i = names.Length - 1; i >= 0; i--)
        {
            _rest.Push(names[i]);
        }
    }

    private static SafeFileHandle OpenDirectory(SafeFileHandle parent, FileName name)
    {
        parent.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle opened);
        return opened.OrThrow("open");
    }
}
