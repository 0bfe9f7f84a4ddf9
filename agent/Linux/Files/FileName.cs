using System.Text;

namespace GuestAgent.Linux.Files;

/// <summary>One component of a path, as the kernel takes it: bytes of any kind but slash and NUL.</summary>
internal sealed class FileName : IComparable<FileName>
{
    /// <summary>Longest name that Linux file systems have, in bytes.</summary>
    public const int MaxBytes = 255;

    private readonly byte[] _terminated;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public FileName(ReadOnlySpan<byte> bytes)
    {
        _terminated = new byte[bytes.Length + 1];
        bytes.CopyTo(_terminated);
    }

    /// <summary>The directory itself.</summary>
    public static FileName Self { get; } = new("."u8);

    /// <summary>The directory above.</summary>
    public static FileName Parent { get; } = new(".."u8);

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _terminated.AsSpan(..^1);

    /// <summary>Pins its bytes, a NUL behind them.</summary>
    public ref readonly byte GetPinnableReference() => ref _terminated[0];

    /// <inheritdoc/>
    public int CompareTo(FileName? other) => other is null ? 1 : Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>As text; what is not UTF-8 becomes U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
