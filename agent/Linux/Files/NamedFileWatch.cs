using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>
/// Notices that a file was written, replaced, renamed or removed, inotify(7). It watches the directory, as what replaces
/// the file by a rename is another file; what happens to other names there is passed over.
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
    private readonly byte[] _name;
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Begins to watch.</summary>
    /// <param name="path">The file, absolute; it need not exist, its directory must.</param>
    /// <param name="loop">The loop that waits for changes.</param>
    /// <exception cref="LinuxException">There is no such directory, or the kernel has no watch left.</exception>
    public NamedFileWatch(string path, EpollLoop loop)
    {
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        string directory = Path.GetDirectoryName(path)!;
        SafeFileHandle inotify = NativeMethods.inotify_init1(LibC.O_NONBLOCK | LibC.O_CLOEXEC).OrThrow("inotify_init1");
        if (NativeMethods.inotify_add_watch(inotify, directory, Changes | EndOfDirectory | NativeMethods.IN_ONLYDIR) < 0)
        {
            LinuxException failure = LinuxException.FromLastError("inotify_add_watch " + directory);
            inotify.Dispose();
            throw failure;
        }

        _events = new AsyncDescriptor(inotify, loop);
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

    private uint Seen(ReadOnlySpan<byte> events)
    {
        uint seen = 0;
        while (events.Length >= HeaderBytes)
        {
            uint mask = MemoryMarshal.Read<uint>(events[MaskOffset..]);
            int length = MemoryMarshal.Read<int>(events[LengthOffset..]);
            ReadOnlySpan<byte> name = events.Slice(HeaderBytes, length).TrimEnd((byte)0);
            // Events of the directory itself, and of a queue that has overflowed, have no name.
            seen |= name.IsEmpty || name.SequenceEqual(_name) ? mask : 0;
            events = events[(HeaderBytes + length)..];
        }

        return seen;
    }
}
