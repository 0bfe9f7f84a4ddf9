using System.Security.Cryptography;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Makes bytes that do not repeat, and their SHA-256.</summary>
internal static class Content
{
    // Fixed, so that a failure comes again.
    private const int Seed = 20261121;

    public static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Gives the SHA-256 as sha256sum(1) prints it.</summary>
    public static string Digest(ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
