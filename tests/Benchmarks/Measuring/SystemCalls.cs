using System.Diagnostics;
using System.Globalization;

namespace GuestAgent.Benchmarks.Measuring;

/// <summary>Counts the system calls of a process and its children, by strace.</summary>
internal static class SystemCalls
{
    /// <summary>System calls for one action, on average.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="count">How often the action is done.</param>
    /// <param name="action">What is done.</param>
    public static async Task<double> CountAsync(int process, int count, Action action)
    {
        string file = Path.GetTempFileName();
        try
        {
            using (Process tracer = new())
            {
                tracer.StartInfo = new ProcessStartInfo(
                    "strace", ["-f", "-o", file, "-p", process.ToString(CultureInfo.InvariantCulture)])
                {
                    RedirectStandardError = true,
                };
                tracer.Start();
                // It says so when it is attached.
                await tracer.StandardError.ReadLineAsync();
                action();
                int before = await WrittenAsync(file);
                for (int i = 0; i < count; i++)
                {
                    action();
                }

                int after = await WrittenAsync(file);
                using (Process.Start("kill", tracer.Id.ToString(CultureInfo.InvariantCulture)))
                {
                    await tracer.WaitForExitAsync();
                }

                return (double)(after - before) / count;
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    // A call that another thread interrupts has two lines, the second of which says so.
    private static async Task<int> WrittenAsync(string file) => (await File.ReadAllLinesAsync(file))
        .Count(line => line.Contains('(', StringComparison.Ordinal) && !line.Contains("resumed>", StringComparison.Ordinal));
}
