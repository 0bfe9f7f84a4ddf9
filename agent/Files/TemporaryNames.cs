using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// Names for temporary files and directories, each recorded on disk before there is anything of that name, so that the next start of the
/// agent removes what a crash has left. A record is a symbolic link to the file in a directory that this process alone
/// uses, <c>STATE/temporaries/RANDOM</c>, and keeps locked for as long as it lives. Made when the first name is needed.
/// </summary>
internal sealed partial class TemporaryNames(string stateDirectory, ILogger logger) : IDisposable
{
    /// <summary>The directory of all processes' records, in the state directory.</summary>
    public const string Folder = "temporaries";

    // rwx for the agent's user alone.
    private const uint Private = 0x1C0;

    private readonly Lock _gate = new();
    private readonly FileName _own = new(Encoding.ASCII.GetBytes(RandomText.Create()));
    private SafeFileHandle? _parent;
    private SafeFileHandle? _records;
    private ulong _device;
    private bool _tried;

    /// <summary>A new name in a directory, recorded where that is possible.</summary>
    /// <param name="directory">Where the file will be.</param>
    public TemporaryName Take(SafeHandle directory)
    {
        string text = TemporaryName.NewText();
        SafeFileHandle? records = Open();
        if (records is null || !Record(records, directory, text))
        {
            return new TemporaryName(null, text);
        }

        // In one file system the record and what comes after it reach the disk in this order, or together.
        if (FileStatus.Of(directory).Device != _device)
        {
            records.SyncNames();
        }

        return new TemporaryName(records, text);
    }

    /// <summary>
    /// A new name for the directory of a program. No program waits for the disk: a crash of the whole guest may lose the record.
    /// </summary>
    /// <param name="directory">Where it will be.</param>
    public TemporaryName TakeForProgram(SafeHandle directory)
    {
        string text = TemporaryName.NewDirectoryText();
        return new TemporaryName(Open() is { } records && Record(records, directory, text) ? records : null, text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            // Not empty when a file could not be removed: the next start tries again.
            _ = _parent?.TryRemove(_own, isDirectory: true);
            _records?.Dispose();
            _parent?.Dispose();
            _records = null;
            _tried = true;
        }
    }

    private SafeFileHandle? Open()
    {
        lock (_gate)
        {
            if (_tried)
            {
                return _records;
            }

            _tried = true;
            try
            {
                string path = Path.Combine(stateDirectory, Folder);
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                _parent = NativeMethods.open(path, LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow(path);
                _records = OpenOwn(_parent);
                _device = FileStatus.Of(_records).Device;
            }
            catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
            {
                Unrecorded(stateDirectory, (e as LinuxException)?.Message ?? "cannot be made");
                _records = null;
            }

            return _records;
        }
    }

    private SafeFileHandle OpenOwn(SafeFileHandle parent)
    {
        int errno = parent.TryMakeDirectory(_own, Private);
        SafeFileHandle? own = null;
        errno = errno != 0 ? errno : parent.TryOpen(_own, LibC.O_DIRECTORY, 0, out own);
        if (errno != 0)
        {
            own?.Dispose();
            throw new LinuxException(Path.Combine(stateDirectory, Folder), errno);
        }

        // A start that removes what dead agents have left may have been quicker: then the directory is gone, or about to be.
        if (NativeMethods.flock(own!, NativeMethods.LOCK_EX | NativeMethods.LOCK_NB) != 0 || FileStatus.Of(own!).Links == 0)
        {
            own!.Dispose();
            throw new LinuxException(Path.Combine(stateDirectory, Folder), Errno.EBUSY);
        }

        return own!;
    }

    private unsafe bool Record(SafeFileHandle records, SafeHandle directory, string text)
    {
        if (ProcDescriptor.ReadPath(directory) is not { } path)
        {
            return false;
        }

        byte[] name = Encoding.ASCII.GetBytes(text + '\0');
        byte[] target = [.. path, (byte)'/', .. name];
        fixed (byte* pinnedTarget = target)
        fixed (byte* pinnedName = name)
        {
            // SAFETY: both end with a NUL.
            if (NativeMethods.symlinkat(pinnedTarget, records, pinnedName) != 0)
            {
                Unrecorded(stateDirectory, LinuxException.FromLastError("symlink").Message);
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "temporary files are not recorded, and a crash may leave some: {Directory}: {Reason}")]
    private partial void Unrecorded(string directory, string reason);
}
