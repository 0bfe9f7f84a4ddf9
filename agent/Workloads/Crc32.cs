namespace GuestAgent.Workloads;

/// <summary>The checksum of gzip, RFC 1952 section 8.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = MakeTable();

    /// <summary>Adds a byte. The sum begins and ends inverted.</summary>
    public static uint Add(uint sum, byte value) => Table[(byte)(sum ^ value)] ^ (sum >> 8);

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            uint remainder = value;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? Polynomial ^ (remainder >> 1) : remainder >> 1;
            }

            table[value] = remainder;
        }

        return table;
    }
}
