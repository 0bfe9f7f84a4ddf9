using System.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Storage;

/// <summary>What one block device has done since boot. https://docs.kernel.org/admin-guide/iostats.html</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reads">Requests completed, reading.</param>
/// <param name="ReadBytes">Bytes read.</param>
/// <param name="Writes">Requests completed, writing.</param>
/// <param name="WrittenBytes">Bytes written.</param>
/// <param name="BusyMs">Milliseconds with a request under way.</param>
internal sealed record DiskCounters(
    string Name, long Reads, long ReadBytes, long Writes, long WrittenBytes, long BusyMs)
{
    // The unit of these counters, whatever the device's own.
    private const long SectorBytes = 512;
    private const int LargestBytes = 1 << 20;
    private const int MostDisks = 256;

    /// <summary>Whole devices, not their partitions, that have moved data.</summary>
    public static IReadOnlyList<DiskCounters> Read()
    {
        bool hasSys = Directory.Exists("/sys/block");
        return Parse(
            (SmallFile.TryRead("/proc/diskstats", LargestBytes) ?? default).Span,
            name => !hasSys || Directory.Exists("/sys/block/" + name.Replace('/', '!')));
    }

    /// <summary>Takes the text apart.</summary>
    /// <param name="text">/proc/diskstats.</param>
    /// <param name="isWhole">Whether a device is no partition.</param>
    public static IReadOnlyList<DiskCounters> Parse(ReadOnlySpan<byte> text, Func<string, bool> isWhole)
    {
        List<DiskCounters> disks = [];
        foreach (Range range in text.Split((byte)'\n'))
        {
            FieldReader fields = new(text[range]);
            Skip(ref fields, 2);
            string name = Encoding.UTF8.GetString(fields.Next());
            long reads = fields.NextNumber();
            Skip(ref fields, 1);
            long readSectors = fields.NextNumber();
            Skip(ref fields, 1);
            long writes = fields.NextNumber();
            Skip(ref fields, 1);
            long writtenSectors = fields.NextNumber();
            Skip(ref fields, 2);
            long busy = fields.NextNumber();
            if (disks.Count < MostDisks && reads + writes > 0 && isWhole(name))
            {
                disks.Add(new DiskCounters(name, reads, readSectors * SectorBytes, writes, writtenSectors * SectorBytes, busy));
            }
        }

        return disks;
    }

    private static void Skip(ref FieldReader fields, int count)
    {
        for (int i = 0; i < count; i++)
        {
            fields.Next();
        }
    }
}
