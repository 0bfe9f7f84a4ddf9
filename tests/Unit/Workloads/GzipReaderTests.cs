using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Workloads;
using Xunit;

namespace GuestAgent.Tests.Unit.Workloads;

public sealed class GzipReaderTests
{
    // What the framework's stream reads at once: where a member ends there, nothing is left to look at.
    private const int Piece = 8192;

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
        foreach (byte[] content in (byte[][])[[], [1], new byte[300_000], noise, text, [.. noise, .. text, .. noise]])
        {
            Assert.Equal(content, Unpack(Pack(content, level)));
        }
    }

    [Fact]
    public void The_fields_of_the_header_are_passed_over()
    {
        byte[] plain = Pack("content"u8.ToArray());
        byte[] full = [.. plain[..3], 4 | 8 | 16, .. plain[4..10], 2, 0, 9, 9, (byte)'n', 0, (byte)'c', 0, .. plain[10..]];

        Assert.Equal("content"u8.ToArray(), Unpack(full));
    }

    [Fact]
    public void Members_and_zeros_behind_them_are_read_wherever_the_first_one_ends()
    {
        byte[] second = Pack("second"u8.ToArray());
        foreach (byte[] first in MembersOfLengths(Piece - 20, Piece + 20))
        {
            byte[] expected = [.. Unpack(first), .. "second"u8];
            Assert.Equal(expected, Unpack([.. first, .. second]));
            Assert.Equal(expected, Unpack([.. first, .. second, .. new byte[Piece]]));
            Assert.Equal(expected, Unpack([.. first, .. Pack([]), .. second]));
        }
    }

    [Fact]
    public void Anything_else_behind_a_member_is_noticed_wherever_that_ends()
    {
        foreach (byte[] member in MembersOfLengths(Piece - 20, Piece + 20))
        {
            foreach (byte[] rest in (byte[][])
                [[1], [0x1F], [0x1F, 0x8B], [0x1F, 0], [0, 1], [.. new byte[Piece], 1], [1, .. new byte[Piece]],
                    [0, .. Pack([1])], [.. Pack([1]), 1], "text"u8.ToArray()])
            {
                Assert.Throws<InvalidDataException>(() => Unpack([.. member, .. rest]));
            }
        }
    }

    [Fact]
    public void Whatever_is_wrong_with_a_file_is_noticed()
    {
        byte[] first = Pack([.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 100))]);
        byte[] packed = [.. first, .. first];
        for (int length = 0; length < packed.Length; length++)
        {
            if (length != first.Length)
            {
                Assert.Throws<InvalidDataException>(() => Unpack(packed[..length]));
            }
        }

        foreach (int at in (int[])[first.Length - 6, first.Length - 2, packed.Length - 6, packed.Length - 2])
        {
            packed[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => Unpack(packed));
            packed[at] ^= 1;
        }
    }

    [Fact]
    public void Reading_ends_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        using var reader = new GzipReader(Pack(new byte[1 << 20]), source.Token);
        byte[] buffer = new byte[512];
        Assert.True(reader.Read(buffer) > 0);
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => reader.Read(buffer));
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

    // Stored noise is five bytes longer for each block, so that every length is there.
    private static List<byte[]> MembersOfLengths(int least, int most)
    {
        byte[] noise = new byte[most];
        new Random(3).NextBytes(noise);
        List<byte[]> members = [.. Enumerable.Range(least - 40, most - least + 40).Select(length => Pack(noise[..length]))];
        Assert.All(Enumerable.Range(least, most - least), length => Assert.Contains(members, member => member.Length == length));
        return members;
    }

    private static byte[] Pack(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level, leaveOpen: true))
        {
            gzip.Write(content);
        }

        // The framework writes nothing at all for no content.
        return packed.Length > 0
            ? packed.ToArray()
            : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static byte[] Unpack(byte[] file)
    {
        using var reader = new GzipReader(file);
        using var content = new MemoryStream();
        reader.CopyTo(content);
        return content.ToArray();
    }
}
