using System.Diagnostics;
using System.Globalization;

namespace GuestAgent.Benchmarks.Agents;

/// <summary>Is a host in a process of its own that reads lines of a program, so that its memory can be looked at.</summary>
internal static class LineReader
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Seconds that it took, and the most memory of the process in KiB.</returns>
    public static double[] Run(string socketPath, int lines, int lineBytes, TimeSpan pause)
    {
        ProcessStartInfo start = new(AgentBinary.TestHost, [
            "lines", "unix://" + socketPath, Text(lines), Text(lineBytes), Text(pause.TotalMilliseconds)])
        {
            RedirectStandardOutput = true,
        };
        using Process reader = Process.Start(start) ?? throw new InvalidOperationException("test-host did not start");
        string[] said = reader.StandardOutput.ReadToEnd().TrimEnd('\n').Split('\n');
        reader.WaitForExit();
        return said[^1].Split(' ') is ["lines", _, "seconds", var seconds, "kilobytes", var kilobytes]
            ? [double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(kilobytes, CultureInfo.InvariantCulture)]
            : throw new InvalidDataException("test-host: " + string.Join('\n', said));
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
