using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <summary>
/// Removes a directory with all that is in it, whoever made it and however it is changed meanwhile: no link is followed, no
/// path is looked up twice, no depth of directories takes more than a fixed amount of memory and descriptors.
/// </summary>
internal static unsafe class DirectoryRemoval
{
    private const int BufferBytes = 32 * 1024;

    // struct linux_dirent64, getdents64(2).
    private const int RecordLengthAt = 16;
    private const int KindAt = 18;
    private const int NameAt = 19;
    private const byte DT_DIR = 4;
    private const byte DT_UNKNOWN = 0;

    // More rounds than this only a process needs that adds files faster than they are removed.
    private const int MaxRounds = 10_000;

    /// <summary>Removes a directory.</summary>
    /// <param name="parent">Where it is.</param>
    /// <param name="name">Its name there, ASCII.</param>
    /// <returns>False when something could not be removed; then it is there still.</returns>
    public static bool TryRemove(SafeHandle parent, string name)
    {
        byte[] terminated = Terminated(name);
        using SafeFileHandle? top = TryOpen(parent, terminated);
        if (top is null)
        {
            return false;
        }

        long moved = 0;
        for (int round = 0; round < MaxRounds; round++)
        {
            if (Unlink(parent, terminated, LibC.AT_REMOVEDIR))
            {
                return true;
            }

            if (!RemoveEntries(parent, terminated, top, ref moved))
            {
                return false;
            }
        }

        return false;
    }

    // One look at the top directory: files go; the files of each directory in it go, and the directories of that move up
    // into the top, for the next look.
    private static bool RemoveEntries(SafeHandle parent, byte[] name, SafeHandle top, ref long moved)
    {
        bool progress = false;
        using SafeFileHandle? listing = TryOpen(parent, name);
        foreach ((byte[] entry, bool maybeDirectory) in List(listing))
        {
            if (maybeDirectory && TryOpen(top, entry) is { } directory)
            {
                using (directory)
                {
                    progress |= Empty(directory, top, ref moved);
                }

                progress |= Unlink(top, entry, LibC.AT_REMOVEDIR);
            }
            else
            {
                progress |= Unlink(top, entry, 0);
            }
        }

        return progress;
    }

    private static bool Empty(SafeHandle directory, SafeHandle top, ref long moved)
    {
        bool progress = false;
        foreach ((byte[] entry, bool maybeDirectory) in List(directory))
        {
            bool gone = Unlink(directory, entry, 0) || Unlink(directory, entry, LibC.AT_REMOVEDIR);
            progress |= gone || (maybeDirectory && MoveUp(directory, entry, top, ref moved));
        }

        return progress;
    }

    private static bool MoveUp(SafeHandle directory, byte[] entry, SafeHandle top, ref long moved)
    {
        byte[] target = Terminated($".removing-{++moved}");
        fixed (byte* from = entry)
        fixed (byte* to = target)
        {
            // SAFETY: both names end with a NUL.
            return LibC.renameat(directory, from, top, to) == 0;
        }
    }

    private static bool Unlink(SafeHandle directory, byte[] name, int flags)
    {
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL.
            return LibC.unlinkat(directory, pinned, flags) == 0;
        }
    }

    private static SafeFileHandle? TryOpen(SafeHandle directory, byte[] name)
    {
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL.
            SafeFileHandle opened = LibC.openat(
                directory, pinned, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
            if (!opened.IsInvalid)
            {
                return opened;
            }

            opened.Dispose();
            return null;
        }
    }

    // One buffer's worth: what is left is seen by the next look.
    private static List<(byte[] Name, bool MaybeDirectory)> List(SafeHandle? directory)
    {
        List<(byte[], bool)> entries = [];
        if (directory is null)
        {
            return entries;
        }

        byte[] buffer = new byte[BufferBytes];
        nint count;
        fixed (byte* pinned = buffer)
        {
            // SAFETY: the kernel writes at most the size.
            count = LibC.getdents64(directory, pinned, BufferBytes);
        }

        for (int at = 0; at < count; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + RecordLengthAt)))
        {
            ReadOnlySpan<byte> name = buffer.AsSpan(at + NameAt);
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
            {
                entries.Add((name.ToArray(), buffer[at + KindAt] is DT_DIR or DT_UNKNOWN));
            }
        }

        return entries;
    }

    private static byte[] Terminated(string name) => System.Text.Encoding.ASCII.GetBytes(name + "\0");
}
