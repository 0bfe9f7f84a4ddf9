using GuestAgent.Linux.Files;


namespace GuestAgent.Machine;

/// <summary>What /proc/meminfo says, KiB. https://man7.org/linux/man-pages/man5/proc_meminfo.5.html</summary>
/// <param name="Total">Memory that the kernel manages.</param>
/// <param name="Available">What programs could still get without swapping.</param>
/// <param name="Free">What nobody uses.</param>
/// <param name="Buffers">Raw blocks that are cached.</param>
/// <param name="Cached">Files that are cached.</param>
/// <param name="SwapTotal">Swap space.</param>
/// <param name="SwapFree">Swap space that is not used.</param>
internal readonly record struct MemoryFacts(
    long Total, long Available, long Free, long Buffers, long Cached, long SwapTotal, long SwapFree)
{
    private const int LargestBytes = 64 * 1024;

    /// <summary>Asks the kernel.</summary>
    public static MemoryFacts Read() => Parse((SmallFile.TryRead("/proc/meminfo", LargestBytes) ?? default).Span);

    /// <summary>Takes the text apart; what is not there is 0.</summary>
    public static MemoryFacts Parse(ReadOnlySpan<byte> text)
    {
        var facts = new MemoryFacts { Available = -1 };
        foreach (Range range in text.Split((byte)'\n'))
        {
            FieldReader fields = new(text[range]);
            ReadOnlySpan<byte> key = fields.Next();
            long value = fields.NextNumber();
            facts = key switch
            {
                _ when key.SequenceEqual("MemTotal:"u8) => facts with { Total = value },
                _ when key.SequenceEqual("MemAvailable:"u8) => facts with { Available = value },
                _ when key.SequenceEqual("MemFree:"u8) => facts with { Free = value },
                _ when key.SequenceEqual("Buffers:"u8) => facts with { Buffers = value },
                _ when key.SequenceEqual("Cached:"u8) => facts with { Cached = value },
                _ when key.SequenceEqual("SwapTotal:"u8) => facts with { SwapTotal = value },
                _ when key.SequenceEqual("SwapFree:"u8) => facts with { SwapFree = value },
                _ => facts,
            };
        }

        // Kernels before 3.14 do not estimate it.
        return facts.Available >= 0 ? facts : facts with { Available = facts.Free + facts.Buffers + facts.Cached };
    }
}
