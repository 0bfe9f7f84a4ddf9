using System.Globalization;
using System.Runtime.InteropServices;

namespace GuestAgent.Benchmarks;

/// <summary>Tells where the measurement takes place, and whether others use the machine meanwhile.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string load = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"machine: {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, load {load}");
    }
}
