using System.Text;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux;

/// <summary>What uname(2) tells: never from files, which an administrator may have left behind.</summary>
/// <param name="Hostname">The guest's name.</param>
/// <param name="Release">Release of the kernel.</param>
/// <param name="Machine">The architecture.</param>
internal readonly record struct KernelNames(string Hostname, string Release, string Machine)
{
    // include/uapi/linux/utsname.h: six names of 64 bytes and a NUL.
    private const int FieldBytes = 65;
    private const int Fields = 6;

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="LinuxException">A sandbox forbids the call.</exception>
    public static unsafe KernelNames Read()
    {
        byte* names = stackalloc byte[Fields * FieldBytes];
        // SAFETY: the kernel writes struct new_utsname, which is as large as the buffer.
        return NativeMethods.uname(names) == 0
            ? new KernelNames(Text(names, 1), Text(names, 2), Text(names, 4))
            : throw LinuxException.FromLastError("uname");
    }

    private static unsafe string Text(byte* names, int field)
    {
        // SAFETY: the field lies within the buffer of the caller.
        var bytes = new ReadOnlySpan<byte>(names + (field * FieldBytes), FieldBytes);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
