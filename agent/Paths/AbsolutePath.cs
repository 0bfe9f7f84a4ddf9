using System.Buffers;
using System.Text.Unicode;

namespace GuestAgent.Paths;

/// <summary>
/// A path as a request or the configuration writes it: absolute, UTF-8, without NUL and without <c>..</c>. Slashes at the
/// end, empty components and <c>.</c> are dropped.
/// </summary>
/// <remarks>
/// <c>..</c> is refused, although it could be resolved, because the way through a forbidden directory and back would tell
/// whether that directory exists.
/// </remarks>
internal sealed class AbsolutePath
{
    /// <summary>Longest path that the kernel takes, in bytes of UTF-8: PATH_MAX without its NUL.</summary>
    public const int MaxBytes = 4095;

    private readonly byte[] _bytes;

    private AbsolutePath(byte[] bytes) => _bytes = bytes;

    /// <summary>Its bytes: <c>/</c>, or a slash before each component.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="path">The path, when it is one.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static PathFault? TryParse(string text, out AbsolutePath path)
    {
        path = null!;
        if (text.Length > MaxBytes)
        {
            return PathFault.TooLong;
        }

        byte[] utf8 = new byte[text.Length * 3];
        if (Utf8.FromUtf16(text, utf8, out _, out int length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return PathFault.NotText;
        }

        ReadOnlySpan<byte> bytes = utf8.AsSpan(0, length);
        if (length > MaxBytes)
        {
            return PathFault.TooLong;
        }

        if (bytes.Contains((byte)0))
        {
            return PathFault.Nul;
        }

        return length == 0 || bytes[0] != (byte)'/' ? PathFault.NotAbsolute : Normalise(bytes, out path);
    }

    private static PathFault? Normalise(ReadOnlySpan<byte> bytes, out AbsolutePath path)
    {
        path = null!;
        byte[] normal = new byte[bytes.Length];
        int length = 0;
        foreach (Range range in bytes.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = bytes[range];
            if (component.SequenceEqual(".."u8))
            {
                return PathFault.Parent;
            }

            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            normal[length++] = (byte)'/';
            component.CopyTo(normal.AsSpan(length));
            length += component.Length;
        }

        path = new AbsolutePath(length == 0 ? "/"u8.ToArray() : normal[..length]);
        return null;
    }
}
