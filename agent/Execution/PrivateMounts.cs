using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// What a confined program sees of file systems: the guest's, with <c>/proc</c>, terminals, shared memory and <c>/tmp</c> of
/// its own, and of the directories that programs have theirs in nothing but its own. Nothing passes out to the guest; what the
/// guest unmounts is unmounted inside too, so that no file system is kept busy.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man7/mount_namespaces.7.html</remarks>
internal sealed unsafe class PrivateMounts : IDisposable
{
    private static int Located => LibC.O_PATH | LibC.O_DIRECTORY;
    private const uint DirectoryMode = 0b_111_101_101;
    private static readonly ulong Plain = LibC.MS_NOSUID | LibC.MS_NODEV;
    private const string Memory = "/dev/shm";

    private static readonly (string Type, string Place, ulong Flags, string Options)[] Own =
    [
        ("proc", "/proc", Plain | LibC.MS_NOEXEC, ""),
        ("devpts", "/dev/pts", LibC.MS_NOSUID | LibC.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"),
        ("tmpfs", Memory, Plain, "mode=1777"),
        ("mqueue", "/dev/mqueue", Plain | LibC.MS_NOEXEC, ""),
    ];

    private readonly SafeHandle _directory;
    private readonly DetachedMount _own;
    private readonly DetachedMount _temporary;

    // Where what others have is not seen any more, by path; mount points are made in them and nowhere else.
    private readonly List<(string Path, SafeFileHandle Root)> _replaced = [];
    private readonly List<IDisposable> _held = [];

    private PrivateMounts(SafeHandle directory, SafeHandle scratch)
    {
        _directory = directory;
        _own = Hold(DetachedMount.Of(directory));
        _temporary = Hold(DetachedMount.Of(scratch));
    }

    /// <summary>Puts the calling thread into a mount namespace of its own and arranges it.</summary>
    /// <param name="directory">The program's directory.</param>
    /// <param name="scratch">What becomes its <c>/tmp</c>; nobody but root can enter it yet.</param>
    /// <param name="hidden">Absolute paths of directories of which nothing else is to be seen.</param>
    /// <returns>
    /// The directory's path inside; null where there can be no such namespace, and then nothing has changed.
    /// </returns>
    /// <exception cref="LinuxException">It failed halfway.</exception>
    /// <exception cref="SpawnException">
    /// <see cref="SpawnStep.Mounts"/>: the guest refuses what nobody but root has a hand in.
    /// </exception>
    public static string? TryMake(SafeHandle directory, SafeHandle scratch, IReadOnlyList<string> hidden)
    {
        // Second mounts are taken before, as a descriptor of the former namespace cannot be mounted in another.
        using PrivateMounts mounts = new(directory, scratch);
        return mounts._own.Root.IsInvalid || mounts._temporary.Root.IsInvalid
            || LibC.unshare(LibC.CLONE_NEWNS) != 0
            || NativeMethods.mount("none", "/", "none", LibC.MS_REC | LibC.MS_SLAVE, null) != 0
            ? null
            : mounts.Arrange(hidden);
    }

    /// <inheritdoc/>
    public void Dispose() => _held.ForEach(held => held.Dispose());

    private string Arrange(IReadOnlyList<string> hidden)
    {
        DetachedMount cover;
        try
        {
            cover = Hold(DetachedMount.Cover());
            MountOwn();
        }
        catch (LinuxException e) when (e.Errno is Errno.EPERM or Errno.EACCES or Errno.ENOSYS)
        {
            throw new SpawnException(SpawnStep.Mounts, e.Errno, e.Action);
        }

        // From here on it is also about where the user has put his directory meanwhile.
        string path = PathOf(_directory) ?? throw new LinuxException("find the program's directory", Errno.ESTALE);
        Hide(Path.GetDirectoryName(path)!, hidden, cover);
        if (_replaced.Exists(tree => IsWithin(path, tree.Path)))
        {
            _own.AttachTo(MakePlace(path));
        }

        return path;
    }

    // All are found before any is hidden, and the outer ones go first: what is in them is hidden with them.
    private void Hide(string parent, IReadOnlyList<string> more, DetachedMount cover)
    {
        List<SafeFileHandle> found = more.Select(TryOpen).OfType<SafeFileHandle>().ToList();
        if (!_replaced.Exists(tree => IsWithin(parent, tree.Path)))
        {
            found.Add(OpenParent(parent));
        }

        foreach ((string path, SafeFileHandle place) in found
            .Select(place => (Path: PathOf(place) ?? throw new LinuxException("find a program's directory", Errno.ESTALE), place))
            .OrderBy(at => at.Path.Length))
        {
            if (path != "/" && !_replaced.Exists(tree => IsWithin(path, tree.Path)))
            {
                cover.AttachTo(place);
                _replaced.Add((path, cover.Root));
                cover = Hold(DetachedMount.Cover());
            }
        }
    }

    // Where there is none, no program has its directory.
    private SafeFileHandle? TryOpen(string path)
    {
        SafeFileHandle place = Hold(NativeMethods.open(path, Located | LibC.O_CLOEXEC, 0));
        return !place.IsInvalid ? place
            : Marshal.GetLastPInvokeError() is var errno and not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
                ? throw new LinuxException("open " + path, errno)
                : null;
    }

    private void MountOwn()
    {
        foreach ((string type, string place, ulong flags, string options) in Own)
        {
            if (NativeMethods.access(place, LibC.F_OK) == 0)
            {
                Mount(type, place, flags, options);
            }
        }

        SafeFileHandle temporary = Hold(NativeMethods.open("/tmp", Located | LibC.O_CLOEXEC, 0));
        if (!temporary.IsInvalid && PathOf(temporary) is { } path)
        {
            _temporary.AttachTo(temporary);
            _replaced.Add((path, _temporary.Root));
        }

        SafeFileHandle memory = Hold(NativeMethods.open(Memory, Located | LibC.O_CLOEXEC, 0));
        if (!memory.IsInvalid && PathOf(memory) is { } other)
        {
            _replaced.Add((other, memory));
        }
    }

    // The one that the directory is in, and no other that has its path since.
    private SafeFileHandle OpenParent(string path)
    {
        SafeFileHandle place = Hold(NativeMethods.open(path, Located | LibC.O_CLOEXEC, 0).OrThrow("open " + path));
        int errno = _directory.TryOpen(FileName.Parent, Located, 0, out SafeFileHandle parent);
        using (parent)
        {
            return errno == 0 && FileStatus.Of(place).IsSameFileAs(FileStatus.Of(parent))
                ? place
                : throw new LinuxException("find " + path, Errno.ESTALE);
        }
    }

    // All but the first directory are made in a file system of their own: nothing is left of them, and of what was replaced
    // nobody's directory is entered.
    private SafeFileHandle MakePlace(string path)
    {
        (string tree, SafeFileHandle at) = _replaced.Where(tree => IsWithin(path, tree.Path)).MaxBy(tree => tree.Path.Length);
        string[] names = path[(tree.Length + 1)..].Split('/');
        for (int i = 0; i < names.Length; i++)
        {
            if (i == 1)
            {
                DetachedMount cover = Hold(DetachedMount.Cover());
                cover.AttachTo(at);
                at = cover.Root;
            }

            at = Hold(MakeDirectory(at, new FileName(Encoding.UTF8.GetBytes(names[i]))));
        }

        return at;
    }

    private static SafeFileHandle MakeDirectory(SafeFileHandle at, FileName name)
    {
        int errno = at.TryMakeDirectory(name, DirectoryMode);
        if (errno is 0 or Errno.EEXIST)
        {
            errno = at.TryOpen(name, Located, 0, out SafeFileHandle made);
            if (errno == 0)
            {
                return made;
            }

            made.Dispose();
        }

        throw new LinuxException("make the mount point " + name, errno);
    }

    private static bool IsWithin(string path, string tree) => path == tree || path.StartsWith(tree + "/", StringComparison.Ordinal);

    // As the kernel has it: no link on it that could lead elsewhere once other things are mounted.
    private static string? PathOf(SafeHandle directory)
    {
        byte[] bytes = ProcDescriptor.ReadPath(directory) ?? [];
        string path = Encoding.UTF8.GetString(bytes);
        return path.StartsWith('/') && Encoding.UTF8.GetBytes(path).AsSpan().SequenceEqual(bytes) ? path : null;
    }

    private static void Mount(string type, string place, ulong flags, string options)
    {
        fixed (byte* data = Encoding.ASCII.GetBytes(options + "\0"))
        {
            // SAFETY: the options end with a NUL.
            if (NativeMethods.mount(type, place, type, flags, data) != 0)
            {
                throw LinuxException.FromLastError("mount " + place);
            }
        }
    }

    private T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }
}
