using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>One directory on the way down a tree that is deleted.</summary>
internal sealed class TreeLevel : IDisposable
{
    private readonly ulong _device;
    private readonly ulong _inode;
    private SafeFileHandle? _directory;
    private DirectoryReader? _reader;

    /// <summary>A directory that was entered.</summary>
    /// <param name="name">Its name in the directory above.</param>
    /// <param name="directory">It; closed with this.</param>
    /// <param name="pass">How often it is gone through now.</param>
    public TreeLevel(FileName name, SafeFileHandle directory, int pass)
    {
        (Name, Pass) = (name, pass);
        FileStatus status = FileStatus.Of(directory);
        (_device, _inode) = (status.Device, status.Inode);
        Use(directory);
    }

    /// <summary>Its name in the directory above.</summary>
    public FileName Name { get; }

    /// <summary>How often it is gone through now, from 1.</summary>
    public int Pass { get; }

    /// <summary>True when it must be opened again before it is used.</summary>
    public bool IsClosed => _directory is null;

    /// <summary>It, open.</summary>
    public SafeFileHandle Directory => _directory!;

    /// <summary>Its names.</summary>
    public DirectoryReader Reader => _reader!;

    /// <summary>Opens it again, as what is above a directory in it, and begins with its first name.</summary>
    /// <exception cref="LinuxException">That is not it: somebody has moved one of them.</exception>
    public void ReopenFrom(TreeLevel below)
    {
        int errno = below.Directory.TryOpen(FileName.Parent, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle above);
        if (errno == 0 && FileStatus.Of(above) is var status && (status.Device, status.Inode) == (_device, _inode))
        {
            Use(above);
            return;
        }

        above.Dispose();
        throw new LinuxException(Name.ToString(), errno == 0 ? Errno.ESTALE : errno);
    }

    /// <summary>Closes it; it can be opened again.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _directory?.Dispose();
        (_reader, _directory) = (null, null);
    }

    private void Use(SafeFileHandle directory)
    {
        _directory = directory;
        _reader = new DirectoryReader(directory);
    }
}
