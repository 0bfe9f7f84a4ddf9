using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Workloads;
using Xunit;

namespace GuestAgent.Tests.Unit.Workloads;

public sealed class GzipReaderTests
{
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_was_packed_is_unpacked(CompressionLevel level)
    {
        var random = new Random(7);
        byte[] noise = new byte[70_000];
        random.NextBytes(noise);
        byte[] text = [.. Enumerable.Range(0, 200_000).Select(i => "a guest and its agent\n"u8[(int)((long)i * i / 7 % 22)])];
        foreach (byte[] content in (byte[][])[[1], new byte[300_000], noise, text, [.. noise, .. text, .. noise]])
        {
            Assert.Equal(content, Unpack(Pack(content, level)));
        }
    }

    [Fact]
    public void The_fields_of_the_header_are_passed_over()
    {
        byte[] plain = Pack("content"u8.ToArray(), CompressionLevel.Optimal);
        byte[] full = [.. plain[..3], 2 | 4 | 8 | 16, .. plain[4..10], 2, 0, 9, 9, (byte)'n', 0, (byte)'c', 0, 1, 2, .. plain[10..]];

        Assert.Equal("content"u8.ToArray(), Unpack(full));
    }

    [Fact]
    public void Whatever_is_wrong_with_a_file_is_noticed()
    {
        byte[] packed = Pack([.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 100))], CompressionLevel.Optimal);
        for (int length = 0; length < packed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Unpack(packed[..length]));
        }

        packed[^6] ^= 1;
        Assert.Throws<InvalidDataException>(() => Unpack(packed));
    }

    [Fact]
    public void Any_bytes_are_unpacked_or_refused_and_nothing_else() => Prop.ForAll<byte[]>(bytes =>
    {
        try
        {
            Unpack([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, .. bytes]);
        }
        catch (InvalidDataException)
        {
            // Refused.
        }
    }).QuickCheckThrowOnFailure();

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] file)
    {
        using var reader = new GzipReader(file);
        using var content = new MemoryStream();
        reader.CopyTo(content);
        return content.ToArray();
    }
}
