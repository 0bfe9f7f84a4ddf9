using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>
/// An open directory of this host that is written to. What is in it is reached by one plain name, and never through a
/// symbolic link: not even someone who changes the tree meanwhile, as a guest that shares it, can lead a copy out of it.
/// </summary>
internal sealed class LocalDirectory : IDisposable
{
    private const int Exists = 17;
    private const uint UsualMode = 0b111_111_111;

    private readonly SafeFileHandle _handle;

    private LocalDirectory(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>Where it is, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens a directory that the user named; the way there may lead through links.</summary>
    /// <exception cref="NoOutputException">It cannot be opened.</exception>
    public static LocalDirectory Open(string path)
    {
        SafeFileHandle handle = LibC.OpenAt(
            LibC.AT_FDCWD, path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw Failure("open the directory", path) : new LocalDirectory(handle, path);
    }

    /// <summary>Opens a directory in this one, and makes it before if there is nothing.</summary>
    /// <param name="name">A name without fault (<see cref="LocalName.Fault"/>).</param>
    /// <exception cref="NoOutputException">It cannot be made or opened, or is a symbolic link.</exception>
    public LocalDirectory OpenOrCreate(string name)
    {
        string path = Below(name);
        if (LibC.MkdirAt(_handle, name, UsualMode) != 0 && Marshal.GetLastPInvokeError() != Exists)
        {
            throw Failure("make the directory", path);
        }

        if (FileStatus.Of(_handle, name).Kind == FileKind.Link)
        {
            throw new NoOutputException($"cannot copy to {path}: it is a symbolic link, which is not followed");
        }

        SafeFileHandle handle = LibC.OpenAt(
            _handle, name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw Failure("open the directory", path) : new LocalDirectory(handle, path);
    }

    /// <summary>Begins a file, which appears under its name when it is complete.</summary>
    /// <param name="name">A name without fault.</param>
    /// <param name="mode">Its permission bits; the umask takes from them.</param>
    /// <exception cref="NoOutputException">Under the name is something that is no regular file, or it cannot be
    /// made.</exception>
    public LocalDraft Begin(string name, UnixFileMode mode) => LocalDraft.Begin(_handle, name, Below(name), mode);

    /// <summary>Sets the permission bits, when all is in it.</summary>
    /// <exception cref="NoOutputException">They cannot be set.</exception>
    public void SetMode(UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(_handle, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoOutputException($"cannot set the permissions of {Path}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static NoOutputException Failure(string action, string path) => new(
        $"cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private string Below(string name) => System.IO.Path.Join(Path, name);
}
