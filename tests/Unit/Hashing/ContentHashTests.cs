using GuestAgent.Hashing;
using Xunit;

namespace GuestAgent.Tests.Unit.Hashing;

/// <summary>The hash of a file by blocks does not tell where its holes are.</summary>
public sealed class ContentHashTests
{
    private const int Block = ContentHash.BlockBytes;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(3 * Block)]
    public void It_is_that_of_the_hashes_of_blocks(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        string expected = Reference(content);
        foreach (int piece in (int[])[1000, Block, Block + 7, int.MaxValue])
        {
            using var hash = new ContentHash(inBlocks: true);
            for (int at = 0; at < length; at += Math.Min(piece, length))
            {
                hash.Add(content.AsSpan(at, Math.Min(piece, length - at)));
            }

            Assert.Equal(length, hash.Length);
            Assert.Equal(expected, hash.FinishText());
        }
    }

    [Theory]
    [InlineData(0, 5 * Block, 0)]
    [InlineData(1, 5 * Block, 3)]
    [InlineData(Block - 1, 1, Block)]
    [InlineData(Block, 2 * Block + 5, 9)]
    [InlineData(7, 100, 7)]
    public void A_hole_is_zeros(int before, int hole, int behind)
    {
        byte[] content = new byte[before + hole + behind];
        content.AsSpan(0, before).Fill(1);
        content.AsSpan(before + hole).Fill(2);
        using var blocks = new ContentHash(inBlocks: true);
        using var whole = new ContentHash(inBlocks: false);
        foreach (ContentHash hash in (ContentHash[])[blocks, whole])
        {
            hash.Add(content.AsSpan(0, before));
            hash.AddZeros(hole);
            hash.Add(content.AsSpan(before + hole));
            Assert.Equal(content.Length, hash.Length);
        }

        Assert.Equal(Reference(content), blocks.FinishText());
        Assert.Equal(Convert.ToHexStringLower(Sha256.HashData(content)), whole.FinishText());
    }

    private static string Reference(byte[] content)
    {
        byte[] hashes = [.. content.Chunk(Block).SelectMany(block => Sha256.HashData(block))];
        return Convert.ToHexStringLower(Sha256.HashData(hashes));
    }
}
