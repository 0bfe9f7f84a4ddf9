namespace GuestAgent.Hashing;

/// <summary>
/// The SHA-256 of a file's content: of all of its bytes or, for files with holes, of the SHA-256s of its blocks of 1 MiB, the last of
/// which may be shorter. The second is the same wherever the holes are, and a hole of any size takes next to no time: a block of zeros
/// has a hash that is known.
/// </summary>
/// <param name="inBlocks">True for the hash of blocks.</param>
public sealed class ContentHash(bool inBlocks) : IDisposable
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockBytes = 1024 * 1024;

    private static readonly byte[] Zeros = new byte[64 * 1024];
    private static byte[]? _zeroBlock;

    private readonly Sha256? _blocks = inBlocks ? new Sha256() : null;
    private Sha256 _current = new();

    /// <summary>Bytes added so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the next bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (_blocks is not null && bytes.Length >= BlockBytes - _current.Length)
        {
            int rest = (int)(BlockBytes - _current.Length);
            _current.Add(bytes[..rest]);
            bytes = bytes[rest..];
            EndBlock(_blocks);
        }

        _current.Add(bytes);
    }

    /// <summary>Adds zeros.</summary>
    /// <param name="count">How many, from 0.</param>
    public void AddZeros(long count)
    {
        while (count > 0)
        {
            if (_blocks is not null && _current.Length == 0 && count >= BlockBytes)
            {
                _blocks.Add(_zeroBlock ??= ZeroBlock());
                Length += BlockBytes;
                count -= BlockBytes;
                continue;
            }

            // To the end of a block, so that whole ones follow.
            int most = _blocks is null ? Zeros.Length : (int)Math.Min(Zeros.Length, BlockBytes - _current.Length);
            int piece = (int)Math.Min(count, most);
            Add(Zeros.AsSpan(0, piece));
            count -= piece;
        }
    }

    /// <summary>The hash of what was added, in small hexadecimal digits. Nothing can be added afterwards.</summary>
    public string FinishText()
    {
        if (_blocks is null)
        {
            return _current.FinishText();
        }

        if (_current.Length > 0)
        {
            EndBlock(_blocks);
        }

        return _blocks.FinishText();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current.Dispose();
        _blocks?.Dispose();
    }

    private static byte[] ZeroBlock()
    {
        using var hash = new Sha256();
        for (int i = 0; i < BlockBytes / Zeros.Length; i++)
        {
            hash.Add(Zeros);
        }

        return hash.Finish();
    }

    private void EndBlock(Sha256 blocks)
    {
        blocks.Add(_current.Finish());
        _current.Dispose();
        _current = new Sha256();
    }
}
