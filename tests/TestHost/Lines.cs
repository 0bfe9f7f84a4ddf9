using System.Diagnostics;
using System.Globalization;
using GuestAgent.Host.Workloads;

namespace GuestAgent.TestHost;

/// <summary>
/// Reads the lines of a program and checks each, for the time that it takes and the memory that it takes here. Prints
/// <c>begun</c> after the first and the figures at the end.
/// </summary>
internal static class Lines
{
    // Twenty minutes: a guest that lost a line would otherwise be waited for in vain.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public static async Task RunAsync(string endpoint, int count, int bytes, TimeSpan pause)
    {
        using var limit = new CancellationTokenSource(Limit);
        string line = new('x', bytes - 1);
        await using WorkloadClient guest = await WorkloadClient.DialAsync(endpoint, null, limit.Token);
        long start = Stopwatch.GetTimestamp();
        await guest.SendAsync(
            new WorkloadRequest("sh") { Code = $"yes {line} | head -n {count}", Timeout = TimeSpan.FromMinutes(5) }, limit.Token);
        long offset = 0;
        await foreach (WorkloadLog log in guest.StreamLogsAsync(limit.Token))
        {
            if (log.Line != line || log.Offset != offset || log.Stream != "stdout")
            {
                throw new InvalidDataException($"line {offset / bytes} of {log.Stream} at {log.Offset} is another");
            }

            if (offset == 0 && pause > TimeSpan.Zero)
            {
                Console.WriteLine("begun");
                await Task.Delay(pause, limit.Token);
            }

            offset += bytes;
        }

        WorkloadResult result = await guest.ReceiveResultAsync(limit.Token);
        if (offset != (long)count * bytes || result.ExitCode != 0)
        {
            throw new InvalidDataException($"{offset / bytes} lines have come, exit code {result.ExitCode}: {result.Error}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"lines {count} seconds {Stopwatch.GetElapsedTime(start).TotalSeconds:0.000} kilobytes {PeakKilobytes()}"));
    }

    // VmHWM of proc(5): the most that was resident.
    private static long PeakKilobytes() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
