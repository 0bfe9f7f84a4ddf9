using System.Globalization;
using GuestAgent.Contracts.Processes;

namespace GuestAgent.Cli.Output;

/// <summary>Processes as ps(1) shows them.</summary>
internal static class Processes
{
    /// <summary>The table.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="zone">Time zone of the start times.</param>
    /// <param name="width">Where to cut the lines; null for nowhere.</param>
    public static IEnumerable<string> Table(IEnumerable<ProcessEntry> processes, TimeZoneInfo zone, int? width)
    {
        var table = new TextTable(
            Column.Number("PID"),
            Column.Number("PPID"),
            Column.Text("USER"),
            Column.Text("STATE"),
            Column.Number("THREADS"),
            Column.Number("MEMORY"),
            Column.Number("CPU"),
            Column.Text("STARTED"),
            Column.Text("COMMAND"));
        foreach (ProcessEntry process in processes)
        {
            table.Add(
                process.Pid.ToString(CultureInfo.InvariantCulture),
                process.ParentPid.ToString(CultureInfo.InvariantCulture),
                FileWords.Account(process.User, process.UserId),
                process.State,
                process.Threads.ToString(CultureInfo.InvariantCulture),
                Quantity.SizeOfKb(process.MemoryKb),
                Quantity.Clock(process.CpuTimeMs / 1000.0),
                GuestInstant.Minutes(process.StartedMs, zone),
                // As ps(1): a process without arguments is known by its name alone.
                process.Arguments is { Count: > 0 } arguments ? string.Join(' ', arguments) : $"[{process.Name}]");
        }

        return table.Lines(width);
    }
}
