using System.Buffers;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>Reads the names in a directory, a buffer full at a time. See getdents64(2).</summary>
/// <param name="directory">Opened for reading; stays the caller's.</param>
internal sealed unsafe class DirectoryReader(SafeFileHandle directory) : IDisposable
{
    // Some thousand short names; as much as glibc takes.
    private const int BufferBytes = 32 * 1024;

    // struct linux_dirent64: ino, off, reclen, type, name.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _length;
    private int _next;

    /// <summary>Fetches the next names.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LinuxException">The kernel refuses, or the directory is gone.</exception>
    public bool Fetch()
    {
        fixed (byte* pinned = _buffer)
        {
            // SAFETY: the kernel writes at most the size.
            nint count = NativeMethods.getdents64(directory, pinned, BufferBytes);
            if (count < 0)
            {
                throw LinuxException.FromLastError("getdents64");
            }

            (_next, _length) = (0, (int)count);
            return count > 0;
        }
    }

    /// <summary>Takes one of the names fetched; never <c>.</c> and <c>..</c>.</summary>
    /// <param name="name">Its bytes, valid until the next <see cref="Fetch"/>.</param>
    /// <returns>False when all are taken.</returns>
    public bool TryTake(out ReadOnlySpan<byte> name)
    {
        while (_next < _length)
        {
            ReadOnlySpan<byte> entry = _buffer.AsSpan(_next, _length - _next);
            int length = MemoryMarshal.Read<ushort>(entry[LengthOffset..]);
            name = entry[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            _next += length;
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                return true;
            }
        }

        name = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
