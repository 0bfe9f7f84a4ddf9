using System.Runtime.InteropServices;
using System.Text;

namespace GuestAgent.Linux.Native;

/// <summary>A null-terminated array of UTF-8 C strings in one block of native memory: an argv or an envp.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _block;

    /// <exception cref="ArgumentException">A string contains a NUL, at which the kernel would cut it off.</exception>
    public NativeStrings(IReadOnlyList<string> strings)
    {
        nuint size = (nuint)((strings.Count + 1) * sizeof(byte*));
        foreach (string text in strings)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException("A string contains a NUL character.", nameof(strings));
            }

            size += (nuint)Encoding.UTF8.GetByteCount(text) + 1;
        }

        _block = (byte**)NativeMemory.Alloc(size);
        byte* next = (byte*)(_block + strings.Count + 1);
        byte* end = (byte*)_block + size;
        for (int i = 0; i < strings.Count; i++)
        {
            _block[i] = next;
            // SAFETY: the block was sized above from the same strings, with one byte for each NUL.
            next += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, (int)(end - next)));
            *next++ = 0;
        }

        _block[strings.Count] = null;
    }

    /// <summary>The array; valid until <see cref="Dispose"/>.</summary>
    public byte** Pointer => _block;

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
