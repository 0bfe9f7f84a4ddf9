using System.Buffers.Binary;

namespace GuestAgent.Tests.Integration.Publishing;

/// <summary>The program headers of a 64-bit little-endian ELF file, elf(5).</summary>
internal static class ElfImage
{
    /// <summary>Ask the loader named here.</summary>
    public const uint Interpreter = 3;

    /// <summary>What the loader must do.</summary>
    public const uint Dynamic = 2;

    private const int HeadersOffsetAt = 0x20;
    private const int HeaderSizeAt = 0x36;
    private const int HeaderCountAt = 0x38;

    /// <summary>Types of all segments.</summary>
    public static IReadOnlyList<uint> SegmentTypes(byte[] file)
    {
        if (!file.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("no 64-bit little-endian ELF file");
        }

        int start = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(HeadersOffsetAt));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(HeaderSizeAt));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(HeaderCountAt));
        return [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(start + (i * size))))];
    }
}
