using System.Globalization;
using System.Text;

namespace GuestAgent.Dialects.Http.Archives;

/// <summary>
/// Headers of an archive as every tar reads them: those of POSIX.1-1988, and in front of them those of POSIX.1-2001 (pax) where a value
/// has no room.
/// </summary>
internal static class TarHeaders
{
    /// <summary>All in an archive are whole blocks.</summary>
    public const int BlockBytes = 512;

    private const int NameBytes = 100;
    private const long MostOctal = 0x1_FFFF_FFFF; // 077777777777
    private const uint MostId = 0x1F_FFFF; // 07777777

    /// <summary>Writes the headers of an entry.</summary>
    /// <param name="entry">The entry.</param>
    public static byte[] Write(in TarItem entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        byte[] link = Encoding.UTF8.GetBytes(entry.LinkTarget);
        using var output = new MemoryStream();
        byte[] records = Records(entry, name, link);
        if (records.Length > 0)
        {
            var extended = new TarItem("pax", 'x', records.Length, 0x1A4, 0, 0, 0);
            output.Write(Block(extended, "pax"u8, []));
            output.Write(records);
            output.Write(new byte[Padding(records.Length)]);
        }

        output.Write(Block(entry, name, link));
        return output.ToArray();
    }

    /// <summary>Zeros behind so many bytes, up to the next block.</summary>
    public static int Padding(long bytes) => (int)((BlockBytes - (bytes % BlockBytes)) % BlockBytes);

    private static byte[] Records(in TarItem entry, byte[] name, byte[] link)
    {
        using var records = new MemoryStream();
        Add(records, "path", name, name.Length > NameBytes);
        Add(records, "linkpath", link, link.Length > NameBytes);
        Add(records, "size", entry.Size, entry.Size > MostOctal);
        Add(records, "uid", entry.UserId, entry.UserId > MostId);
        Add(records, "gid", entry.GroupId, entry.GroupId > MostId);
        Add(records, "mtime", entry.Modified, entry.Modified is < 0 or > MostOctal);
        return records.ToArray();
    }

    private static void Add(MemoryStream records, string key, long value, bool isNeeded) =>
        Add(records, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)), isNeeded);

    // "LENGTH KEY=VALUE\n", where the length counts its own digits.
    private static void Add(MemoryStream records, string key, byte[] value, bool isNeeded)
    {
        if (!isNeeded)
        {
            return;
        }

        int rest = key.Length + value.Length + 3;
        int length = rest + 1;
        while (length.ToString(CultureInfo.InvariantCulture).Length + rest > length)
        {
            length++;
        }

        records.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")));
        records.Write(value);
        records.WriteByte((byte)'\n');
    }

    private static byte[] Block(in TarItem entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link)
    {
        byte[] block = new byte[BlockBytes];
        Span<byte> fields = block;
        name[..Math.Min(name.Length, NameBytes)].CopyTo(fields);
        Octal(fields[100..108], entry.Mode);
        Octal(fields[108..116], Math.Min(entry.UserId, MostId));
        Octal(fields[116..124], Math.Min(entry.GroupId, MostId));
        Octal(fields[124..136], Math.Min(entry.Size, MostOctal));
        Octal(fields[136..148], Math.Clamp(entry.Modified, 0, MostOctal));
        fields[148..156].Fill((byte)' ');
        fields[156] = (byte)entry.Type;
        link[..Math.Min(link.Length, NameBytes)].CopyTo(fields[157..]);
        "ustar\0"u8.CopyTo(fields[257..]);
        "00"u8.CopyTo(fields[263..]);
        int sum = 0;
        foreach (byte one in block)
        {
            sum += one;
        }

        Octal(fields[148..155], sum);
        return block;
    }

    private static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }
}
