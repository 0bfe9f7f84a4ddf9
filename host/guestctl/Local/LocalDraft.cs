using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>
/// A file that is being written beside the place where it is to be: it takes its name when it is complete, and leaves
/// nothing when it is not.
/// </summary>
internal sealed class LocalDraft : IDisposable
{
    // More than earlier processes of our number can have left when they were killed.
    private const int Tries = 1000;
    private const int Exists = 17;

    private static int _count;

    private readonly SafeFileHandle _directory;
    private readonly string _draft;
    private readonly string _name;
    private readonly string _path;
    private bool _isDone;

    private LocalDraft(SafeFileHandle directory, string draft, string name, string path, SafeFileHandle file)
    {
        _directory = directory;
        _draft = draft;
        _name = name;
        _path = path;
        Content = new FileStream(file, FileAccess.Write, bufferSize: 0, isAsync: false);
    }

    /// <summary>Where to write.</summary>
    public FileStream Content { get; }

    /// <summary>Begins a file in an open directory.</summary>
    /// <param name="directory">The directory; must stay open.</param>
    /// <param name="name">A name without fault.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="mode">Its permission bits, without what the umask takes; those of a file that it replaces win.</param>
    /// <exception cref="NoOutputException">What is there is no regular file, or nothing can be made there.</exception>
    public static LocalDraft Begin(SafeFileHandle directory, string name, string path, UnixFileMode mode)
    {
        FileStatus there = FileStatus.Of(directory, name);
        if (there.Kind is not (FileKind.None or FileKind.Regular))
        {
            throw new NoOutputException($"cannot write {path}: there is {Words(there.Kind)}");
        }

        for (int i = 0; i < Tries; i++)
        {
            string draft = NewName();
            SafeFileHandle file = NativeMethods.OpenAt(
                directory, draft, LibC.O_WRONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, (uint)mode);
            if (!file.IsInvalid)
            {
                var begun = new LocalDraft(directory, draft, name, path, file);
                begun.Keep(there);
                return begun;
            }

            if (Marshal.GetLastPInvokeError() != Exists)
            {
                break;
            }
        }

        throw Failure(path);
    }

    /// <summary>A name that no other file has but for what was left by an earlier process of our number.</summary>
    public static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $".guestctl-{Environment.ProcessId}-{_count++}");

    /// <summary>Gives it its attributes.</summary>
    /// <exception cref="NoOutputException">It cannot have them.</exception>
    public void Give(LocalAttributes attributes) => attributes.GiveTo(Content.SafeFileHandle, _path);

    /// <summary>Gives the file its name.</summary>
    /// <exception cref="NoOutputException">It cannot have it.</exception>
    public void Complete()
    {
        if (NativeMethods.RenameAt(_directory, _draft, _directory, _name) != 0)
        {
            throw Failure(_path);
        }

        _isDone = true;
    }

    /// <summary>Removes the file unless it is complete.</summary>
    public void Dispose()
    {
        Content.Dispose();
        if (!_isDone)
        {
            _ = NativeMethods.UnlinkAt(_directory, _draft, 0);
        }
    }

    private static string Words(FileKind kind) => kind switch
    {
        FileKind.Directory => "a directory",
        FileKind.Link => "a symbolic link, which is not followed",
        _ => "something that is no regular file",
    };

    private static NoOutputException Failure(string path) => new(
        $"cannot write {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private void Keep(FileStatus replaced)
    {
        if (replaced.Kind == FileKind.Regular)
        {
            Give(new LocalAttributes(replaced.Mode & PermissionBits.Copied));
        }
    }
}
