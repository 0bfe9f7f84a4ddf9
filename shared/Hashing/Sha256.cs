using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GuestAgent.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) of bytes that come in pieces, with the processor's own instructions: by the framework or, in the
/// static programs, by the part of OpenSSL that is linked into them. For checksums, not for secrets: it does not wipe its memory.
/// </summary>
public sealed class Sha256 : IDisposable
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashBytes = 32;

    private readonly IncrementalHash? _framework;
    private LinkedSha256 _linked;

    /// <summary>Begins with no bytes.</summary>
    public Sha256()
    {
        if (IsLinked)
        {
            _linked = LinkedSha256.Begin();
        }
        else
        {
            _framework = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>
    /// True in a program that OpenSSL's libcrypto.a is linked into. The framework's way to OpenSSL is a shared library, which
    /// a static program cannot load. Decided when a program is built (NativeProgram.props), and so only one way is in it.
    /// </summary>
    [FeatureSwitchDefinition("GuestAgent.LinkedCrypto")]
    internal static bool IsLinked => AppContext.TryGetSwitch("GuestAgent.LinkedCrypto", out bool linked) && linked;

    /// <summary>Bytes added so far.</summary>
    public long Length { get; private set; }

    /// <summary>The hash of bytes that are there as a whole.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> bytes)
    {
        using var hash = new Sha256();
        hash.Add(bytes);
        return hash.Finish();
    }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (IsLinked)
        {
            _linked.Add(bytes);
        }
        else
        {
            _framework!.AppendData(bytes);
        }
    }

    /// <summary>The hash of what was added. Nothing can be added afterwards.</summary>
    public byte[] Finish() => IsLinked ? _linked.Finish() : _framework!.GetHashAndReset();

    /// <summary>The same in small hexadecimal digits.</summary>
    public string FinishText() => Convert.ToHexStringLower(Finish());

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsLinked)
        {
            _framework!.Dispose();
        }
    }
}
