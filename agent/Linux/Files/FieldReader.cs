using System.Buffers.Text;

namespace GuestAgent.Linux.Files;

/// <summary>Takes a line of /proc apart at its blanks. Never fails: what is not there is empty, and 0.</summary>
/// <param name="line">The line.</param>
internal ref struct FieldReader(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    /// <summary>The next field.</summary>
    public ReadOnlySpan<byte> Next()
    {
        _rest = _rest.TrimStart(" \t"u8);
        int end = _rest.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> field = end < 0 ? _rest : _rest[..end];
        _rest = _rest[field.Length..];
        return field;
    }

    /// <summary>The next field as a number; 0 when it is none.</summary>
    public long NextNumber() => Number(Next());

    /// <summary>A field as a number; 0 when it is none, or beyond 64 bits.</summary>
    public static long Number(ReadOnlySpan<byte> field) =>
        Utf8Parser.TryParse(field, out long value, out int used) && used == field.Length ? value : 0;
}
