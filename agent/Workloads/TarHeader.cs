using System.Buffers.Binary;
using System.Text;

namespace GuestAgent.Workloads;

/// <summary>The 512 bytes in front of an entry: POSIX ustar, the older forms, and GNU's large numbers. See tar(5).</summary>
internal readonly ref struct TarHeader
{
    /// <summary>Bytes of a header, and what content is padded to.</summary>
    public const int Bytes = 512;

    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;

    private readonly ReadOnlySpan<byte> _block;

    /// <summary>Looks at a block.</summary>
    public TarHeader(ReadOnlySpan<byte> block) => _block = block;

    /// <summary>True for the block that ends an archive.</summary>
    public bool IsEnd => !_block.ContainsAnyExcept((byte)0);

    /// <summary>Letter of the entry's type.</summary>
    public char Type => (char)_block[156];

    /// <summary>Bytes of content; null when the field is no number.</summary>
    public long? Size => Number(_block.Slice(124, 12));

    /// <summary>Whether its owner may execute it.</summary>
    public bool IsExecutable => (Number(_block.Slice(100, 8)) & 0x40) is not (null or 0);

    /// <summary>The path; the ustar form has a directory in a field of its own.</summary>
    public string Name
    {
        get
        {
            string name = Text(_block[..100]);
            string prefix = _block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Text(_block.Slice(345, 155)) : "";
            return prefix.Length == 0 ? name : $"{prefix}/{name}";
        }
    }

    /// <summary>True when the checksum is right: the block is a header.</summary>
    public bool IsSound
    {
        get
        {
            long sum = ChecksumBytes * ' ';
            for (int i = 0; i < Bytes; i++)
            {
                sum += i is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? 0 : _block[i];
            }

            return Number(_block.Slice(ChecksumAt, ChecksumBytes)) == sum;
        }
    }

    /// <summary>Text up to the first NUL.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    // Octal digits between blanks; or, with the highest bit set, a number of eight bytes.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return field.Length >= 12 && !field[1..^8].ContainsAnyExcept((byte)0)
                ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) is >= 0 and var large ? large : null
                : null;
        }

        long value = 0;
        foreach (byte digit in field.TrimStart(" "u8).TrimEnd(" \0"u8))
        {
            if (digit is 0)
            {
                break;
            }

            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
