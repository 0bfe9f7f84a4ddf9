using System.Buffers.Binary;

namespace GuestAgent.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4) of bytes that come in pieces, in managed code: the framework's own needs OpenSSL, which a static
/// program cannot load. For checksums, not for secrets: it does not wipe its memory.
/// </summary>
public sealed class Sha256
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashBytes = 32;

    private readonly uint[] _state =
    [
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ];

    // What does not fill a block yet.
    private readonly byte[] _rest = new byte[Sha256Compression.BlockBytes];
    private int _restLength;

    /// <summary>Bytes added so far.</summary>
    public long Length { get; private set; }

    /// <summary>The hash of bytes that are there as a whole.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> bytes)
    {
        var hash = new Sha256();
        hash.Add(bytes);
        return hash.Finish();
    }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (_restLength > 0)
        {
            int taken = Math.Min(bytes.Length, _rest.Length - _restLength);
            bytes[..taken].CopyTo(_rest.AsSpan(_restLength));
            bytes = bytes[taken..];
            _restLength += taken;
            if (_restLength < _rest.Length)
            {
                return;
            }

            Sha256Compression.Compress(_state, _rest);
            _restLength = 0;
        }

        int whole = bytes.Length & -_rest.Length;
        Sha256Compression.Compress(_state, bytes[..whole]);
        bytes[whole..].CopyTo(_rest);
        _restLength = bytes.Length - whole;
    }

    /// <summary>The hash of what was added. Nothing can be added afterwards.</summary>
    public byte[] Finish()
    {
        // A one bit, zeros, and the length in bits in the last eight bytes of a block.
        Span<byte> padding = stackalloc byte[2 * Sha256Compression.BlockBytes];
        padding.Clear();
        _rest.AsSpan(0, _restLength).CopyTo(padding);
        padding[_restLength] = 0x80;
        int length = _restLength < _rest.Length - 8 ? _rest.Length : padding.Length;
        BinaryPrimitives.WriteInt64BigEndian(padding[(length - 8)..], Length * 8);
        Sha256Compression.Compress(_state, padding[..length]);

        byte[] hash = new byte[HashBytes];
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * sizeof(uint)), _state[i]);
        }

        return hash;
    }
}
