using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GuestAgent.Hashing;

namespace GuestAgent.Host.Files;

/// <summary>
/// The SHA-256 of bytes that pass: by the framework, which uses the processor's own instructions, or in managed code in a
/// program that is compiled ahead of time, as it may be static and without OpenSSL then.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash? _framework;
    private readonly Sha256? _managed;

    /// <summary>Begins with no bytes.</summary>
    public ContentHash()
    {
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            _framework = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else
        {
            _managed = new Sha256();
        }
    }

    /// <summary>Bytes added so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        _framework?.AppendData(bytes);
        _managed?.Add(bytes);
    }

    /// <summary>The hash of what was added, in small hexadecimal digits. Nothing can be added afterwards.</summary>
    public string Finish() => Convert.ToHexStringLower(_framework?.GetHashAndReset() ?? _managed!.Finish());

    /// <inheritdoc/>
    public void Dispose() => _framework?.Dispose();
}
