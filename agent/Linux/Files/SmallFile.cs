using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>Files of the kernel and of /etc, whose size says nothing or should be small: read to a bound, without waiting.</summary>
internal static class SmallFile
{
    private const int FirstBytes = 4096;

    /// <summary>Reads a file from its beginning.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="limit">Most bytes; what is behind them is left out.</param>
    /// <returns>Its bytes; null when there is no such file, or the agent may not read it.</returns>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static unsafe ReadOnlyMemory<byte>? TryRead(string path, int limit)
    {
        // Without O_NONBLOCK, a FIFO in place of the file would hold the agent.
        using SafeFileHandle file = NativeMethods.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK, 0);
        if (file.IsInvalid)
        {
            return NothingRead(path);
        }

        byte[] buffer = new byte[Math.Min(FirstBytes, limit)];
        int length = 0;
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                // SAFETY: the kernel writes at most what is left of the pinned buffer.
                count = NativeMethods.read(file, start + length, buffer.Length - length);
            }

            if (count < 0)
            {
                return NothingRead(path);
            }

            length += (int)count;
            if (count == 0 || length == limit)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, limit));
            }
        }
    }

    private static ReadOnlyMemory<byte>? NothingRead(string path) =>
        Errno.IsExhaustion(Marshal.GetLastPInvokeError()) ? throw LinuxException.FromLastError(path) : null;

    /// <summary>The first line of a file, without blanks around it; null when there is none.</summary>
    public static string? TryReadLine(string path)
    {
        if (TryRead(path, FirstBytes) is not { } bytes)
        {
            return null;
        }

        ReadOnlySpan<byte> text = bytes.Span;
        int end = text.IndexOf((byte)'\n');
        string line = System.Text.Encoding.UTF8.GetString(end < 0 ? text : text[..end]).Trim();
        return line.Length > 0 ? line : null;
    }
}
