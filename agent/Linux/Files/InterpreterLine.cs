using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>The first line of a script, which names the program that is run in its place: <c>#!</c>, execve(2).</summary>
internal static class InterpreterLine
{
    /// <summary>How many scripts may be the interpreter of one another, exec_binprm() in fs/exec.c.</summary>
    public const int MostNested = 5;

    // BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h.
    private const int MaxBytes = 256;

    /// <summary>Reads it.</summary>
    /// <param name="program">A regular file, opened with O_PATH.</param>
    /// <returns>Path of the interpreter, as the kernel takes it; null when the file is no script.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public static byte[]? Read(SafeHandle program)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        using SafeFileHandle file = ProcDescriptor.Reopen(program, LibC.O_RDONLY | LibC.O_NONBLOCK);
        ReadOnlySpan<byte> start = buffer[..file.ReadAt(buffer, 0)];
        if (!start.StartsWith("#!"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> line = start[2..];
        line = line.IndexOf((byte)'\n') is >= 0 and int end ? line[..end] : line;
        line = line.TrimStart(" \t"u8);
        return (line.IndexOfAny(" \t\0"u8) is >= 0 and int length ? line[..length] : line).ToArray();
    }
}
