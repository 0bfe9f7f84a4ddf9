using System.IO.Compression;
using System.Text;
using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Archives behind a sound compression: what is changed is the archive itself, with its checksums made right again.</summary>
internal sealed class TarTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "archive-tar";

    private const int BlockBytes = 512;

    private readonly WorkloadUnpacking _unpacking = new();

    /// <inheritdoc/>
    public override int MaxBytes => 32 * 1024;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Binary;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "ustar\0" + "00", "ustar  \0", "main\0", "./", "../", "/", "././@LongLink", "GNUSparseFile.0/a", "12 path=main\n", "13 size=99999\n",
        "20 size=-1\n", "30 GNU.sparse.major=1\n", "22 GNU.sparse.minor=0\n", "GNU.sparse.map=0,1,2,3", "GNU.sparse.realsize=", "SCHILY.", "LIBARCHIVE.",
        "27 hdrcharset=BINARY\n", "linkpath=", "17 linkpath=main\n", "../canary\0", "../../canary\0", "/etc\0", "mtime=", "x", "g", "L", "K", "S", "V", "M", "D", "N", "A", "7", "5", "2", "1", "0",
        "00000000010\0", "77777777777\0", "            ", "a/b/c/d/e/f/g/h/",
    ];

    /// <inheritdoc/>
    /// <remarks>A tiny archive already takes the buffers of unpacking it; an entry of 512 bytes takes its paths several times.</remarks>
    public override MemoryBound Memory => new(256, 2 << 20);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(input);
        }

        _unpacking.Unpack(packed.ToArray());
    }

    /// <inheritdoc/>
    public override void Repair(byte[] input)
    {
        for (int at = 0; at + BlockBytes <= input.Length;)
        {
            Span<byte> block = input.AsSpan(at, BlockBytes);
            Checksum(block);
            at += BlockBytes + Content(block);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _unpacking.Dispose();
        base.Dispose();
    }

    private static void Checksum(Span<byte> block)
    {
        if (!block.ContainsAnyExcept((byte)0))
        {
            return;
        }

        Span<byte> field = block.Slice(148, 8);
        field.Fill((byte)' ');
        int sum = 0;
        foreach (byte one in block)
        {
            sum += one;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(field);
    }

    private static int Content(ReadOnlySpan<byte> block)
    {
        string size = Encoding.Latin1.GetString(block.Slice(124, 12)).Trim(' ', '\0');
        return size.Length is > 0 and < 7 && size.All(digit => digit is >= '0' and <= '7')
            ? (Convert.ToInt32(size, 8) + BlockBytes - 1) / BlockBytes * BlockBytes
            : 0;
    }
}
