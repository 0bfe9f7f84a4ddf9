using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>
/// Notices that a file was written, replaced, renamed or removed, inotify(7). It watches the directory, as what replaces
/// the file by a rename is another file; what happens to other names there is passed over, but for a directory of drop-ins.
/// </summary>
internal sealed class NamedFileWatch : IDisposable
{
    // No IN_CREATE: what was just created is not written yet. IN_ATTRIB: permissions may be what was wrong.
    private const uint Changes =
        NativeMethods.IN_CLOSE_WRITE | NativeMethods.IN_MOVED_TO | NativeMethods.IN_MOVED_FROM
        | NativeMethods.IN_DELETE | NativeMethods.IN_ATTRIB;

    private const uint EndOfDirectory = NativeMethods.IN_DELETE_SELF | NativeMethods.IN_MOVE_SELF;

    // struct inotify_event: wd, mask, cookie, len, and len bytes of name.
    private const int HeaderBytes = 16;
    private const int MaskOffset = 4;
    private const int LengthOffset = 12;

    private readonly AsyncDescriptor _events;
    private readonly SafeFileHandle _inotify;
    private readonly int _watch;
    private readonly byte[] _name;
    private readonly byte[] _buffer = new byte[4096];
    private readonly string _dropIns;
    private readonly byte[] _dropInsName;
    private readonly byte[] _dropInEnding;
    private int _dropInsWatch = -1;

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The file, absolute; it need not exist, its directory must.</param>
    /// <param name="dropIns">Name of a directory beside it whose files are watched too; it may come and go.</param>
    /// <param name="dropInEnding">How the names of those files end.</param>
    /// <param name="loop">The loop that waits for changes.</param>
    /// <exception cref="LinuxException">There is no such directory, or the kernel has no watch left.</exception>
    public NamedFileWatch(string path, string dropIns, string dropInEnding, EpollLoop loop)
    {
        string directory = Path.GetDirectoryName(path)!;
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        _dropIns = Path.Combine(directory, dropIns);
        _dropInsName = Encoding.UTF8.GetBytes(dropIns);
        _dropInEnding = Encoding.UTF8.GetBytes(dropInEnding);
        _inotify = NativeMethods.inotify_init1(LibC.O_NONBLOCK | LibC.O_CLOEXEC).OrThrow("inotify_init1");
        _watch = Add(directory, NativeMethods.IN_CREATE);
        if (_watch < 0)
        {
            LinuxException failure = LinuxException.FromLastError("inotify_add_watch " + directory);
            _inotify.Dispose();
            throw failure;
        }

        WatchDropIns();
        _events = new AsyncDescriptor(_inotify, loop);
    }

    /// <summary>Waits for the next change.</summary>
    /// <returns>False when the directory is gone and no change will be seen any more.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int count = await _events.ReadAsync(_buffer, cancellationToken);
            uint seen = Seen(_buffer.AsSpan(0, count));
            if ((seen & (EndOfDirectory | NativeMethods.IN_IGNORED)) != 0)
            {
                return false;
            }

            if (seen != 0)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();

    private int Add(string directory, uint more) =>
        NativeMethods.inotify_add_watch(_inotify, directory, Changes | EndOfDirectory | NativeMethods.IN_ONLYDIR | more);

    // Where there is none, its directory tells when there is.
    private void WatchDropIns() => _dropInsWatch = Add(_dropIns, 0);

    private uint Seen(ReadOnlySpan<byte> events)
    {
        uint seen = 0;
        while (events.Length >= HeaderBytes)
        {
            int watch = MemoryMarshal.Read<int>(events);
            uint mask = MemoryMarshal.Read<uint>(events[MaskOffset..]);
            int length = MemoryMarshal.Read<int>(events[LengthOffset..]);
            ReadOnlySpan<byte> name = events.Slice(HeaderBytes, length).TrimEnd((byte)0);
            seen |= Counted(watch, mask, name);
            events = events[(HeaderBytes + length)..];
        }

        return seen;
    }

    private uint Counted(int watch, uint mask, ReadOnlySpan<byte> name)
    {
        if (watch == _dropInsWatch)
        {
            // What becomes of the directory itself is a change as well, and not the end.
            return (name.IsEmpty || name.EndsWith(_dropInEnding)) && (mask & NativeMethods.IN_IGNORED) == 0
                ? NativeMethods.IN_ATTRIB
                : 0;
        }

        if (name.SequenceEqual(_dropInsName) && watch == _watch)
        {
            WatchDropIns();
            return NativeMethods.IN_ATTRIB;
        }

        // Events of the directory itself, and of a queue that has overflowed, have no name; a former directory of drop-ins has no say.
        return name.SequenceEqual(_name) ? mask & Changes
            : name.IsEmpty && (watch == _watch || watch < 0) ? mask
            : 0;
    }
}
