using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Files;

/// <summary>Text that nobody can guess.</summary>
internal static unsafe class RandomText
{
    private const int Bytes = 16;

    /// <summary>Length of <see cref="Create"/>.</summary>
    public const int Length = 2 * Bytes;

    /// <summary>128 random bits of the kernel as small hexadecimal digits.</summary>
    /// <exception cref="LinuxException">The kernel has none.</exception>
    public static string Create()
    {
        byte* bits = stackalloc byte[Bytes];
        // SAFETY: the buffer has the size that is asked for; up to 256 bytes come as a whole, random(7).
        return NativeMethods.getrandom(bits, Bytes, 0) == Bytes
            ? Convert.ToHexStringLower(new ReadOnlySpan<byte>(bits, Bytes))
            : throw LinuxException.FromLastError("getrandom");
    }
}
