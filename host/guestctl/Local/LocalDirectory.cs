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
        SafeFileHandle handle = NativeMethods.OpenAt(
            LibC.AT_FDCWD, path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw Failure("open the directory", path) : new LocalDirectory(handle, path);
    }

    /// <summary>Opens a directory in this one, and makes it before if there is nothing.</summary>
    /// <param name="name">A name without fault (<see cref="LocalName.Fault"/>).</param>
    /// <param name="mode">Permission bits of one that is made.</param>
    /// <param name="isNew">True when it was made.</param>
    /// <exception cref="NoOutputException">It cannot be made or opened, or is a symbolic link.</exception>
    public LocalDirectory OpenOrCreate(string name, UnixFileMode mode, out bool isNew)
    {
        string path = Below(name);
        isNew = NativeMethods.MkdirAt(_handle, name, (uint)mode) == 0;
        if (!isNew && Marshal.GetLastPInvokeError() != Exists)
        {
            throw Failure("make the directory", path);
        }

        if (FileStatus.Of(_handle, name).Kind == FileKind.Link)
        {
            throw new NoOutputException($"cannot copy to {path}: it is a symbolic link, which is not followed");
        }

        SafeFileHandle handle = NativeMethods.OpenAt(
            _handle, name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw Failure("open the directory", path) : new LocalDirectory(handle, path);
    }

    /// <summary>Begins a file, which appears under its name when it is complete.</summary>
    /// <param name="name">A name without fault.</param>
    /// <param name="mode">Its permission bits; the umask takes from them.</param>
    /// <param name="resume">True goes on with what a killed copy has left of it.</param>
    /// <exception cref="NoOutputException">Under the name is something that is no regular file, or it cannot be
    /// made.</exception>
    public LocalDraft Begin(string name, UnixFileMode mode, bool resume = false) =>
        LocalDraft.Begin(_handle, name, Below(name), mode, resume);

    /// <summary>Makes a symbolic link in place of a file or a link.</summary>
    /// <param name="name">A name without fault.</param>
    /// <param name="target">What it says, taken as it stands: nothing follows it.</param>
    /// <param name="attributes">Time and owner, if they are kept.</param>
    /// <exception cref="NoOutputException">It cannot be made, or a directory is there.</exception>
    public void Link(string name, string target, LocalAttributes attributes)
    {
        string draft = LocalDraft.NewName();
        if (NativeMethods.SymlinkAt(target, _handle, draft) != 0)
        {
            throw Failure("make the link", Below(name));
        }

        try
        {
            attributes.GiveToLink(_handle, draft, Below(name));
            if (NativeMethods.RenameAt(_handle, draft, _handle, name) != 0)
            {
                throw Failure("make the link", Below(name));
            }
        }
        catch
        {
            _ = NativeMethods.UnlinkAt(_handle, draft, 0);
            throw;
        }
    }

    /// <summary>Gives it its attributes, when all is in it.</summary>
    /// <exception cref="NoOutputException">It cannot have them.</exception>
    public void Give(LocalAttributes attributes) => attributes.GiveTo(_handle, Path);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static NoOutputException Failure(string action, string path) => new(
        $"cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private string Below(string name) => System.IO.Path.Join(Path, name);
}
