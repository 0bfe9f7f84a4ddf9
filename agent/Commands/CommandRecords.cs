using GuestAgent.Execution;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Commands;

/// <summary>
/// Which commands run, in a file that this process alone writes, <c>STATE/commands/RANDOM</c>, and keeps locked for as long
/// as it lives: so that the next start ends what a killed agent has left running. Made with the first command.
/// </summary>
/// <param name="stateDirectory">The state directory.</param>
/// <param name="logger">Is told when there can be no such file.</param>
internal sealed partial class CommandRecords(string stateDirectory, ILogger logger) : IDisposable
{
    /// <summary>The directory of all processes' files, in the state directory.</summary>
    public const string Folder = "commands";

    // rwx and rw for the agent's user alone.
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const uint PrivateFile = 0x180;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private SafeFileHandle? _file;
    private string _path = "";
    private int _used;
    private int _places;
    private bool _tried;

    /// <summary>A place for a command that is about to start.</summary>
    public CommandRecord Take()
    {
        lock (_gate)
        {
            SafeFileHandle? file = _places - _free.Count < CommandRecordFormat.MostPlaces ? Open() : null;
            if (file is null)
            {
                return new CommandRecord(this, null, -1);
            }

            _used++;
            return new CommandRecord(this, file, _free.TryPop(out int place) ? place : _places++);
        }
    }

    /// <summary>Writes a place.</summary>
    public void Write(int place, ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file?.WriteAt(bytes, CommandRecordFormat.OffsetOf(place));
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
        {
            // A full disk: the command runs on without a record.
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Free(int place)
    {
        if (place < 0)
        {
            return;
        }

        Write(place, CommandRecordFormat.Blank);
        lock (_gate)
        {
            _used--;
            _free.Push(place);
        }
    }

    /// <summary>Removes the file, unless a command lives on in spite of all; then the next start tries again.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _tried = true;
            if (_file is not null && _used == 0)
            {
                TryDelete(_path);
            }

            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>Removes a file of records; one that stays is looked at again by the next start.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is unlocked, and tells of processes that are gone.
        }
    }

    private SafeFileHandle? Open()
    {
        if (_tried)
        {
            return _file;
        }

        _tried = true;
        try
        {
            string folder = Path.Combine(stateDirectory, Folder);
            Directory.CreateDirectory(folder, PrivateDirectory);
            _path = Path.Combine(folder, RandomText.Create());
            SafeFileHandle file = NativeMethods.open(
                _path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, PrivateFile).OrThrow(_path);
            // Before anything is in it: a start that finds it unlocked takes its writer for dead.
            if (NativeMethods.flock(file, NativeMethods.LOCK_EX | NativeMethods.LOCK_NB) != 0 || FileStatus.Of(file).Links == 0)
            {
                file.Dispose();
                throw new LinuxException(_path, Errno.EBUSY);
            }

            file.WriteAt(CommandRecordFormat.Head(OwnCgroup.TryFind()), 0);
            _file = file;
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            Unrecorded(stateDirectory, (e as LinuxException)?.Message ?? "cannot be made");
        }

        return _file;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "commands are not recorded, and a crash may leave some running: {Directory}: {Reason}")]
    private partial void Unrecorded(string directory, string reason);
}
