using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// A directory that nobody else can enter, in which a link or a directory is made ready before it gets its name: where others can
/// exchange names, they would exchange one that is not. Recorded, and removed when this is disposed.
/// </summary>
internal sealed class PrivatePlace : IDisposable
{
    private const uint Private = 0x1C0; // 0700
    private const int OpenToOthers = 0x3F; // 0077

    private readonly SafeFileHandle _parent;
    private readonly TemporaryName _name;

    private PrivatePlace(SafeFileHandle parent, TemporaryName name, SafeFileHandle directory)
    {
        _parent = parent;
        _name = name;
        Directory = directory;
    }

    /// <summary>The name of the one thing in it.</summary>
    public static FileName Inside { get; } = new("new"u8);

    /// <summary>It, opened with O_PATH.</summary>
    public SafeFileHandle Directory { get; }

    /// <summary>Makes one.</summary>
    /// <param name="parent">Where; stays the caller's, and open until this is disposed.</param>
    /// <param name="names">Names for it.</param>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public static PrivatePlace Make(SafeFileHandle parent, TemporaryNames names)
    {
        TemporaryName name = names.Take(parent);
        int errno = parent.TryMakeDirectory(name.Name, Private);
        if (errno != 0)
        {
            name.Dispose();
            throw new LinuxException("mkdir", errno);
        }

        errno = parent.TryOpen(name.Name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle directory);
        var place = new PrivatePlace(parent, name, directory);
        try
        {
            // Another directory may have got the name: into one that others can enter nothing is put.
            errno = errno != 0 ? errno : IsOwn(FileStatus.Of(directory)) ? 0 : Errno.ESTALE;
            return errno == 0 ? place : throw new LinuxException("open", errno);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>True for a directory that may be one: the agent's, and nobody else can enter it.</summary>
    public static bool IsOwn(in FileStatus status) =>
        status.UserId == FileStatus.EffectiveUserId && (status.Permissions & OpenToOthers) == 0;

    /// <summary>Removes what is in one that was left: a link, or a directory without anything in it.</summary>
    public static void Empty(SafeFileHandle directory)
    {
        if (FileStatus.At(directory, Inside) is { Kind: FileKind.SymbolicLink or FileKind.Directory } found)
        {
            _ = directory.TryRemove(Inside, isDirectory: found.Kind == FileKind.Directory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Dispose();
        if (_parent.TryRemove(_name.Name, isDirectory: true) is 0 or Errno.ENOENT)
        {
            _name.Dispose();
        }
    }
}
