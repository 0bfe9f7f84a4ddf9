using System.Buffers.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Machine;

/// <summary>What /proc/loadavg says.</summary>
internal static class LoadAverage
{
    private const int Periods = 3;
    private const int LargestBytes = 256;

    /// <summary>Load over 1, 5 and 15 minutes.</summary>
    public static IReadOnlyList<double> Read() => Parse((SmallFile.TryRead("/proc/loadavg", LargestBytes) ?? default).Span);

    /// <summary>Always three numbers: what is not there is 0.</summary>
    public static IReadOnlyList<double> Parse(ReadOnlySpan<byte> text)
    {
        double[] load = new double[Periods];
        FieldReader fields = new(text);
        for (int i = 0; i < Periods; i++)
        {
            // A number beyond all bounds is none, and JSON has no infinity.
            _ = Utf8Parser.TryParse(fields.Next(), out double value, out _);
            load[i] = double.IsFinite(value) ? value : 0;
        }

        return load;
    }
}
