using System.Runtime.InteropServices;
using System.Text;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Writes the name that a descriptor has in /proc, for calls that take nothing but names. The descriptor stays open until this
/// is disposed.
/// </summary>
internal readonly unsafe ref struct DescriptorName : IDisposable
{
    /// <summary>Bytes that the name needs at most, its NUL included.</summary>
    public const int MaxBytes = 32;

    private readonly SafeHandle _file;

    /// <summary>Holds a descriptor and writes its name.</summary>
    /// <param name="file">The descriptor.</param>
    /// <param name="name">Where to, <see cref="MaxBytes"/> long.</param>
    public DescriptorName(SafeHandle file, byte* name)
    {
        // SAFETY: matched by the release in Dispose.
        bool held = false;
        file.DangerousAddRef(ref held);
        _file = file;
        Span<byte> text = new(name, MaxBytes);
        Encoding.ASCII.TryGetBytes($"/proc/self/fd/{file.DangerousGetHandle()}", text, out int length);
        text[length] = 0;
    }

    public void Dispose() => _file.DangerousRelease();
}
