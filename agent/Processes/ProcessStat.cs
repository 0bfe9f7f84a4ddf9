using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>What /proc/PID/stat says about a process's place among the others.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="State">One letter, of its first thread; Z when that has ended, X for dead.</param>
/// <param name="ParentPid">Its parent's number.</param>
/// <param name="GroupId">Its process group.</param>
/// <param name="SessionId">Its session.</param>
/// <param name="StartTime">When it started, in clock ticks since boot: with the number, an identity.</param>
/// <param name="Threads">How many threads it has, the first one included, be it ended.</param>
internal readonly record struct ProcessStat(
    int Pid, char State, int ParentPid, int GroupId, int SessionId, long StartTime, int Threads = 1)
{
    // A name of 64 bytes and 51 numbers of at most 20 digits fit.
    private const int LargestBytes = 2048;

    /// <summary>Whether it still runs, so that a signal would reach it.</summary>
    public bool IsAlive => State is not ('Z' or 'X' or 'x') || HasLostFirstThread;

    /// <summary>Whether it goes on without its first thread, and looks like a zombie: pthread_exit(3) in main.</summary>
    public bool HasLostFirstThread => State == 'Z' && Threads > 1;

    /// <summary>Null when there is no such process.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static unsafe ProcessStat? TryRead(int pid)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat");
        using SafeFileHandle file = NativeMethods.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (file.IsInvalid)
        {
            return Errno.IsExhaustion(Marshal.GetLastPInvokeError()) ? throw LinuxException.FromLastError(path) : null;
        }

        byte* bytes = stackalloc byte[LargestBytes];
        // SAFETY: the kernel writes at most the size of the buffer; it gives the whole line to one read.
        nint count = NativeMethods.read(file, bytes, LargestBytes);
        return count > 0 ? TryParse(new ReadOnlySpan<byte>(bytes, (int)count)) : null;
    }

    /// <summary>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html</summary>
    public static ProcessStat? TryParse(ReadOnlySpan<byte> line)
    {
        // The name, in parentheses, is up to the process: it may hold spaces, and parentheses of its own.
        int nameEnd = line.LastIndexOf((byte)')');
        if (nameEnd < 0 || !Utf8Parser.TryParse(line, out int pid, out _))
        {
            return null;
        }

        ReadOnlySpan<byte> rest = line[(nameEnd + 1)..];
        Span<Range> fields = stackalloc Range[21];
        int field = 0;
        foreach (Range range in rest.Split((byte)' '))
        {
            if (field == fields.Length)
            {
                break;
            }

            fields[field++] = range;
        }

        // Field 0 is the nothing before the first space; the manual's "state", its third, is field 1 here.
        return field == fields.Length && rest[fields[1]] is [byte state]
            ? new ProcessStat(
                pid,
                (char)state,
                (int)Number(rest[fields[2]]),
                (int)Number(rest[fields[3]]),
                (int)Number(rest[fields[4]]),
                Number(rest[fields[20]]),
                (int)Number(rest[fields[18]]))
            : null;
    }

    private static long Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long value, out _) ? value : 0;
}
