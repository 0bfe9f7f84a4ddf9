using System.Globalization;

namespace GuestAgent.Benchmarks.Measuring;

/// <summary>Holds what the kernel tells about a process: memory, and how often its threads have slept.</summary>
/// <param name="ResidentBytes">Rss of smaps_rollup.</param>
/// <param name="ProportionalBytes">Pss of smaps_rollup.</param>
/// <param name="PrivateDirtyBytes">Private_Dirty of smaps_rollup.</param>
/// <param name="Sleeps">voluntary_ctxt_switches of each thread: each switch is followed by a wake-up.</param>
internal sealed record ProcessFigures(
    long ResidentBytes, long ProportionalBytes, long PrivateDirtyBytes, IReadOnlyDictionary<long, long> Sleeps)
{
    /// <summary>Reads smaps_rollup and every task's status, one after the other.</summary>
    public static ProcessFigures Parse(string text)
    {
        ILookup<string, long> numbers = text.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => Number(pair[1]));
        Dictionary<long, long> sleeps = numbers["Pid"].Zip(numbers["voluntary_ctxt_switches"]).ToDictionary();
        return new ProcessFigures(Bytes("Rss"), Bytes("Pss"), Bytes("Private_Dirty"), sleeps);

        long Bytes(string key) => numbers[key].Sum() * 1024;
    }

    /// <summary>Counts the wake-ups since <paramref name="before"/>; those of threads that have ended since are lost.</summary>
    public long WakeUpsSince(ProcessFigures before) =>
        Sleeps.Sum(thread => thread.Value - before.Sleeps.GetValueOrDefault(thread.Key));

    private static long Number(string text) =>
        long.TryParse(text.Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;
}
