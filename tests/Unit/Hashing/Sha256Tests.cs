using System.Security.Cryptography;
using GuestAgent.Hashing;
using Xunit;

namespace GuestAgent.Tests.Unit.Hashing;

public sealed class Sha256Tests
{
    // FIPS 180-4 examples, and the empty message.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Published_examples_come_out(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Sha256.HashData(System.Text.Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Every_length_around_the_blocks_is_padded_right()
    {
        byte[] bytes = RandomBytes(5 * 64, seed: 1);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(Expected(bytes.AsSpan(0, length)), Sha256.HashData(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Pieces_of_any_size_give_the_hash_of_the_whole()
    {
        var random = new Random(2);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = RandomBytes(random.Next(20_000), seed: round);
            using var hash = new Sha256();
            for (int at = 0; at < bytes.Length;)
            {
                int piece = Math.Min(bytes.Length - at, random.Next(1 << random.Next(14)));
                hash.Add(bytes.AsSpan(at, piece));
                at += piece;
            }

            Assert.Equal(bytes.Length, hash.Length);
            Assert.Equal(Expected(bytes), hash.Finish());
        }
    }

    [Fact]
    public void A_length_above_four_gigabits_is_counted_right()
    {
        byte[] zeros = new byte[8 * 1024 * 1024];
        using var hash = new Sha256();
        using var expected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 65; i++)
        {
            hash.Add(zeros);
            expected.AppendData(zeros);
        }

        Assert.Equal(expected.GetHashAndReset(), hash.Finish());
    }

    [Fact]
    public void On_an_ordinary_runtime_the_framework_hashes() => Assert.False(Sha256.IsLinked);

    private static byte[] RandomBytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

#pragma warning disable RS0030 // Tests are not published as static programs: they have OpenSSL.
    private static byte[] Expected(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);
#pragma warning restore RS0030
}
