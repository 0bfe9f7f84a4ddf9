using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>What /proc/stat says.</summary>
/// <param name="All">All processors together.</param>
/// <param name="PerCpu">Each processor that is online, by its number.</param>
/// <param name="Running">Threads that run or wait for a processor.</param>
/// <param name="Blocked">Threads that wait for a disk.</param>
internal sealed record KernelCounters(CpuTimes All, IReadOnlyList<CpuTimes> PerCpu, int Running, int Blocked)
{
    // 200 bytes for each of 4096 processors, and as much again for the interrupts between them.
    private const int LargestBytes = 4 << 20;
    private const int MostProcessors = 8192;

    /// <summary>Asks the kernel.</summary>
    public static KernelCounters Read() => Parse((SmallFile.TryRead("/proc/stat", LargestBytes) ?? default).Span);

    /// <summary>Takes the text apart; what is not there is 0.</summary>
    public static KernelCounters Parse(ReadOnlySpan<byte> text)
    {
        CpuTimes all = CpuTimes.None;
        List<CpuTimes> perCpu = [];
        int running = 0, blocked = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            FieldReader fields = new(text[range]);
            ReadOnlySpan<byte> key = fields.Next();
            if (key.SequenceEqual("cpu"u8))
            {
                all = CpuTimes.Parse(all.Number, ref fields);
            }
            else if (key.StartsWith("cpu"u8) && perCpu.Count < MostProcessors)
            {
                perCpu.Add(CpuTimes.Parse((int)FieldReader.Number(key[3..]), ref fields));
            }
            else if (key.SequenceEqual("procs_running"u8))
            {
                running = (int)fields.NextNumber();
            }
            else if (key.SequenceEqual("procs_blocked"u8))
            {
                blocked = (int)fields.NextNumber();
            }
        }

        return new KernelCounters(all, perCpu, running, blocked);
    }
}
