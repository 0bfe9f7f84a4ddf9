using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>Archives byte by byte, for what no program writes any more, or never should. Text is ISO 8859-1: its bytes.</summary>
internal static class TarBytes
{
    private const int Block = 512;

    /// <summary>The two blocks that end an archive.</summary>
    public static byte[] End { get; } = new byte[2 * Block];

    /// <summary>The file that each archive has.</summary>
    public static byte[] Main { get; } = Entry("main", content: Bytes("main\n"));

    /// <summary>The bytes of a text.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A header and content with its padding.</summary>
    /// <param name="name">Name field.</param>
    /// <param name="type">Letter of the type.</param>
    /// <param name="content">What follows.</param>
    /// <param name="size">What the header says of it; its length when null.</param>
    /// <param name="magic">Magic and version; those of POSIX when null.</param>
    /// <param name="change">Changes the header before it gets its checksum.</param>
    public static byte[] Entry(
        string name,
        char type = '0',
        byte[]? content = null,
        string? size = null,
        string? magic = null,
        Action<byte[]>? change = null)
    {
        content ??= [];
        byte[] header = new byte[Block];
        header.Put(0, name);
        header.Put(100, "0000644\0");
        header.Put(108, "0000000\0");
        header.Put(116, "0000000\0");
        header.Put(124, size ?? Octal(content.Length, 11) + "\0");
        header.Put(136, "00000000000\0");
        header.Put(156, type.ToString());
        header.Put(257, magic ?? "ustar\0" + "00");
        change?.Invoke(header);
        header.Sum(Checksum(header));
        return [.. header, .. content, .. new byte[(Block - (content.Length % Block)) % Block]];
    }

    /// <summary>A link, symbolic (<c>2</c>) or hard (<c>1</c>), with nothing behind it.</summary>
    public static byte[] Link(string name, char type, string target, string? size = null, string? magic = null) =>
        Entry(name, type, size: size, magic: magic, change: header => header.Put(157, target));

    /// <summary>An extended header of POSIX.</summary>
    public static byte[] Pax(char type, params string[] records) =>
        Entry("pax", type, [.. records.SelectMany(record => Bytes(Record(record)))]);

    /// <summary>One record with its length in front.</summary>
    public static string Record(string record)
    {
        int length = record.Length + 3;
        while ($"{length} {record}\n".Length != length)
        {
            length++;
        }

        return $"{length} {record}\n";
    }

    /// <summary>A number in octal digits.</summary>
    public static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    /// <summary>A gzip member of what is given, one behind the other.</summary>
    public static byte[] Gzip(params byte[][] parts)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (byte[] part in parts)
            {
                gzip.Write(part);
            }
        }

        return packed.ToArray();
    }

    /// <summary>Puts a text into a header.</summary>
    public static void Put(this byte[] header, int at, string text) => Bytes(text).CopyTo(header, at);

    /// <summary>The sum of a header's bytes, for which its checksum counts as blanks.</summary>
    public static int Checksum(byte[] header) =>
        header.Select((value, at) => at is >= 148 and < 156 ? ' ' : (int)value).Sum();

    private static void Sum(this byte[] header, int sum) =>
        header.Put(148, string.Create(CultureInfo.InvariantCulture, $"{Octal(sum, 6)}\0 "));
}
