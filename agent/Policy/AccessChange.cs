using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// A change of the owner or permissions of a directory that somebody may rename in the same moment: it is taken back where the
/// directory has got a place meanwhile in which it must stay as it was, and what is decided by links in between does not count.
/// One is made after the other: what the second found would otherwise be what the first is about to take back.
/// </summary>
internal static class AccessChange
{
    /// <summary>What <see cref="Begin"/> tells while a change is being made.</summary>
    private const int UnderWay = -1;

    // A change takes microseconds, unless the directory is on a server that is gone: whoever waits for that is told.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // How often it may be moved meanwhile.
    private const int MostMoves = 16;

    private static readonly Lock OneAtATime = new();
    private static int _running;
    private static int _made;

    /// <summary>Makes a change.</summary>
    /// <param name="directory">Of what; located is enough.</param>
    /// <param name="change">The change.</param>
    /// <param name="mayStay">Whether it may stay, asked when it is made.</param>
    /// <returns>False when it was taken back.</returns>
    /// <exception cref="LinuxException">The kernel refuses; EBUSY when a change before this one does not end.</exception>
    public static bool TryMake(SafeFileHandle directory, Action change, Func<bool> mayStay)
    {
        if (!OneAtATime.TryEnter(Patience))
        {
            throw new LinuxException("change after another", Errno.EBUSY);
        }

        Interlocked.Increment(ref _running);
        try
        {
            FileStatus before = FileStatus.Of(directory);
            bool stays = false;
            try
            {
                change();
                stays = IsSettled(directory) && mayStay();
            }
            finally
            {
                if (!stays)
                {
                    directory.ChangeOwnerOf(before.UserId, before.GroupId);
                    ProcDescriptor.ChangeMode(directory, before.Permissions);
                }
            }

            return stays;
        }
        finally
        {
            // In this order: whoever sees none running sees that this one has been made.
            Interlocked.Increment(ref _made);
            Interlocked.Decrement(ref _running);
            OneAtATime.Exit();
        }
    }

    // Renames that had been allowed before the change are over when the directory that they are in has been locked once, which
    // the removal of what is not there does.
    private static bool IsSettled(SafeFileHandle directory)
    {
        for (int i = 0; i < MostMoves; i++)
        {
            using SafeFileHandle? above = Above(directory);
            if (above is null)
            {
                // Nor does any way lead through it then.
                return true;
            }

            _ = above.TryRemove(new FileName(Encoding.ASCII.GetBytes(RandomText.Create())), isDirectory: false);
            using SafeFileHandle? now = Above(directory);
            if (now is null || FileStatus.Of(now).IsSameFileAs(FileStatus.Of(above)))
            {
                return true;
            }
        }

        return false;
    }

    // Null where its permissions are such that an agent that is not root cannot enter it.
    private static SafeFileHandle? Above(SafeFileHandle directory)
    {
        int errno = directory.TryOpen(FileName.Parent, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle above);
        if (errno == 0)
        {
            return above;
        }

        above.Dispose();
        return errno == Errno.EACCES ? null : throw new LinuxException("open ..", errno);
    }

    /// <summary>Begins a decision.</summary>
    /// <returns>For <see cref="IsSteadySince"/>.</returns>
    public static int Begin()
    {
        int made = Volatile.Read(ref _made);
        return Volatile.Read(ref _running) == 0 ? made : UnderWay;
    }

    /// <summary>True when nothing was changed, not even for a moment, since a decision began.</summary>
    public static bool IsSteadySince(int beginning)
    {
        Interlocked.MemoryBarrier();
        return beginning != UnderWay && Volatile.Read(ref _running) == 0 && Volatile.Read(ref _made) == beginning;
    }
}
