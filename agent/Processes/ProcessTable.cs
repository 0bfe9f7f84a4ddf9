using GuestAgent.Contracts.Processes;
using GuestAgent.Linux.Time;

namespace GuestAgent.Processes;

/// <summary>The processes of the guest, page by page.</summary>
internal static class ProcessTable
{
    /// <summary>Reads the next page; a process that ends meanwhile is left out.</summary>
    /// <param name="after">Only larger numbers.</param>
    /// <param name="limit">Most processes.</param>
    /// <param name="isWanted">Which ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ProcessListResult Read(
        int after, int limit, Func<ProcessEntry, bool> isWanted, CancellationToken cancellationToken)
    {
        // The kernel counts in ticks since boot; where that lies on the wall clock moves only when the clock is set.
        long boot = SystemClock.UnixMilliseconds - SystemClock.BootMilliseconds;
        List<ProcessEntry> found = [];
        List<int> numbers = ProcessNumbers.Read();
        numbers.Sort();
        foreach (int pid in numbers)
        {
            if (pid <= after)
            {
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (ProcessDetails.TryDescribe(pid, boot) is not { } process || !isWanted(process))
            {
                continue;
            }

            if (found.Count == limit)
            {
                return new ProcessListResult(found, true);
            }

            found.Add(process);
        }

        return new ProcessListResult(found, false);
    }
}
