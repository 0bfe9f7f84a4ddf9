using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>An open directory of this host that is read; what is in it is reached by its name in it.</summary>
internal sealed class SourceDirectory : IDisposable
{
    private const int LinkBytes = 4096;
    private const int ListBytes = 32 * 1024;

    // struct linux_dirent64, getdents64(2).
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private readonly SafeFileHandle _handle;

    private SourceDirectory(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
        Status = FileStatus.Of(handle);
    }

    /// <summary>Where it is, for messages.</summary>
    public string Path { get; }

    /// <summary>What it was when it was opened.</summary>
    public FileStatus Status { get; }

    /// <summary>Opens a directory that the user named.</summary>
    /// <exception cref="NoInputException">It cannot be opened.</exception>
    public static SourceDirectory Open(string path) => From(
        NativeMethods.OpenAt(LibC.AT_FDCWD, path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0), path);

    /// <summary>Opens a directory in this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">True when a symbolic link may lead to it.</param>
    /// <exception cref="NoInputException">It cannot be opened.</exception>
    public SourceDirectory Enter(SourceName name, bool follow) => From(
        NativeMethods.OpenAt(
            _handle,
            name.Terminated,
            LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC | (follow ? 0 : LibC.O_NOFOLLOW),
            0),
        Below(name));

    /// <summary>Opens a regular file in it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">True when a symbolic link may lead to it.</param>
    /// <param name="status">What was opened.</param>
    /// <exception cref="NoInputException">It cannot be opened, or is another kind of file.</exception>
    public FileStream OpenFile(SourceName name, bool follow, out FileStatus status) => LocalSource.Checked(
        NativeMethods.OpenAt(
            _handle,
            name.Terminated,
            LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK | (follow ? 0 : LibC.O_NOFOLLOW),
            0),
        Below(name),
        isNamed: false,
        out status);

    /// <summary>What is under a name; none when nothing is, or a link leads nowhere.</summary>
    public FileStatus Look(SourceName name, bool follow) => FileStatus.Of(_handle, name.Terminated, follow, Below(name));

    /// <summary>What a symbolic link says; null when that is not UTF-8.</summary>
    /// <exception cref="NoInputException">It cannot be read.</exception>
    public string? ReadLink(SourceName name)
    {
        byte[] buffer = new byte[LinkBytes];
        nint count = NativeMethods.ReadLinkAt(_handle, name.Terminated, buffer, LinkBytes);
        ReadOnlySpan<byte> target = count < 0 ? throw Failure("read", Below(name)) : buffer.AsSpan(0, (int)count);
        return Utf8.IsValid(target) ? Encoding.UTF8.GetString(target) : null;
    }

    /// <summary>The names in it, in the order of their bytes.</summary>
    /// <exception cref="NoInputException">They cannot be read.</exception>
    public IReadOnlyList<SourceName> List()
    {
        List<SourceName> names = [];
        byte[] buffer = new byte[ListBytes];
        nint count;
        while ((count = NativeMethods.GetDents64(_handle, buffer, ListBytes)) > 0)
        {
            for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)count); !rest.IsEmpty;)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthOffset..]);
                ReadOnlySpan<byte> name = rest[NameOffset..length];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(new SourceName(name));
                }

                rest = rest[length..];
            }
        }

        if (count < 0)
        {
            throw Failure("list", Path);
        }

        names.Sort(static (one, other) => one.Terminated.AsSpan().SequenceCompareTo(other.Terminated));
        return names;
    }

    /// <summary>The path of what is in it, for messages.</summary>
    public string Below(SourceName name) => System.IO.Path.Join(Path, name.Shown);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static SourceDirectory From(SafeFileHandle handle, string path) =>
        handle.IsInvalid ? throw Failure("read", path) : new SourceDirectory(handle, path);

    private static NoInputException Failure(string action, string path) => new(
        $"cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
}
