using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Cli.Linux;
using GuestAgent.Hashing;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>
/// A file that is being written beside the place where it is to be: it takes its name when it is complete, and leaves
/// nothing when it is not. What a killed process has left is found by the next copy to the same name, which removes it or goes on
/// with it: its name is made of that one, and nobody holds its lock.
/// </summary>
internal sealed class LocalDraft : IDisposable
{
    // More than there are copies to one name at a time.
    private const int Tries = 1000;
    private const int Exists = 17;
    private const string Prefix = ".guestctl-";

    // Of 64 digits: others that have the same do no harm.
    private const int NameDigits = 24;

    private static int _count;

    private readonly SafeFileHandle _directory;
    private readonly string _draft;
    private readonly string _name;
    private readonly string _path;
    private readonly bool _isKept;
    private bool _isDone;

    private LocalDraft(SafeFileHandle directory, string draft, string name, string path, SafeFileHandle file, bool isKept)
    {
        _isKept = isKept;
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
    /// <param name="resume">
    /// True for what a killed copy has left of it, if there is something, and to leave it when this one does not complete it.
    /// </param>
    /// <exception cref="NoOutputException">What is there is no regular file, or nothing can be made there.</exception>
    public static LocalDraft Begin(SafeFileHandle directory, string name, string path, UnixFileMode mode, bool resume)
    {
        FileStatus there = FileStatus.Of(directory, name);
        if (there.Kind is not (FileKind.None or FileKind.Regular))
        {
            throw new NoOutputException($"cannot write {path}: there is {Words(there.Kind)}");
        }

        string stem = Prefix + Convert.ToHexStringLower(Sha256.HashData(Encoding.UTF8.GetBytes(name)))[..NameDigits];
        for (int i = 0; i < Tries; i++)
        {
            string draft = i == 0 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}");
            if (LeftOver.Take(directory, draft, remove: !resume) is { } left)
            {
                var resumed = new LocalDraft(directory, draft, name, path, left, isKept: true);
                resumed.Give(new LocalAttributes(mode & ~PermissionBits.Mask));
                resumed.Keep(there);
                return resumed;
            }

            SafeFileHandle file = NativeMethods.OpenAt(
                directory, draft, LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, (uint)mode);
            if (file.IsInvalid && Marshal.GetLastPInvokeError() != Exists)
            {
                file.Dispose();
                break;
            }

            // Between the two another copy may have taken it for left over.
            if (!file.IsInvalid && LeftOver.TryHold(file, directory, draft))
            {
                var begun = new LocalDraft(directory, draft, name, path, file, resume);
                begun.Keep(there);
                return begun;
            }

            file.Dispose();
        }

        throw Failure(path);
    }

    /// <summary>A name for a link, that no other file has but for what was left by an earlier process of our number.</summary>
    public static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{_count++}");

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

    /// <summary>Removes the file unless it is complete, or to be gone on with.</summary>
    public void Dispose()
    {
        // Before the lock goes: then it may be another's.
        if (!_isDone && !(_isKept && Content.Length > 0))
        {
            _ = NativeMethods.UnlinkAt(_directory, _draft, 0);
        }

        Content.Dispose();
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
