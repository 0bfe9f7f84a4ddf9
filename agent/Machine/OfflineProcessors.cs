using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>Processors that the guest has and does not use. https://docs.kernel.org/admin-guide/cputopology.html</summary>
internal static class OfflineProcessors
{
    // What can be listed of 8192 processors at the worst, every second of them.
    private const int LargestBytes = 32 * 1024;
    private const int MostProcessors = 8192;

    /// <summary>Their numbers, in order; none where the kernel does not tell.</summary>
    public static List<int> Read() => Parse((SmallFile.TryRead("/sys/devices/system/cpu/offline", LargestBytes) ?? default).Span);

    /// <summary>Takes a list such as <c>1,4-6</c> apart, up to what is none.</summary>
    public static List<int> Parse(ReadOnlySpan<byte> text)
    {
        List<int> numbers = [];
        ReadOnlySpan<byte> line = text.TrimEnd((byte)'\n');
        if (line.IsEmpty)
        {
            return numbers;
        }

        foreach (Range range in line.Split((byte)','))
        {
            ReadOnlySpan<byte> item = line[range];
            int dash = item.IndexOf((byte)'-');
            long first = FieldReader.Number(dash < 0 ? item : item[..dash]);
            long last = dash < 0 ? first : FieldReader.Number(item[(dash + 1)..]);
            if (first < 0 || last >= MostProcessors)
            {
                break;
            }

            for (int number = (int)first; number <= last; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }
}
