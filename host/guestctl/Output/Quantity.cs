using System.Globalization;

namespace GuestAgent.Cli.Output;

/// <summary>Sizes and times for people.</summary>
internal static class Quantity
{
    private const string Units = "KMGTPE";

    /// <summary>
    /// A size: all its digits, or as <c>ls -h</c> shows it: powers of 1024, rounded up, such as <c>1.5K</c>. A guest that
    /// lies may tell a negative one, which is shown as it is.
    /// </summary>
    public static string Size(long bytes, bool human)
    {
        if (!human || bytes < 1024)
        {
            return bytes.ToString(CultureInfo.InvariantCulture);
        }

        double size = bytes;
        int unit = -1;
        while (Math.Ceiling(size) >= 1024)
        {
            size /= 1024;
            unit++;
        }

        string digits = Math.Ceiling(size * 10) < 100
            ? (Math.Ceiling(size * 10) / 10).ToString("0.0", CultureInfo.InvariantCulture)
            : Math.Ceiling(size).ToString(CultureInfo.InvariantCulture);
        return $"{digits}{Units[unit]}";
    }

    /// <summary>KiB from the guest, for people.</summary>
    public static string SizeOfKb(long kilobytes) => Size(Math.Clamp(kilobytes, 0, long.MaxValue / 1024) * 1024, human: true);

    /// <summary>A rate, such as <c>1.5M/s</c>.</summary>
    public static string Rate(double bytesPerSecond) =>
        $"{Size((long)Math.Clamp(double.IsFinite(bytesPerSecond) ? bytesPerSecond : 0, 0, 1e18), human: true)}/s";

    /// <summary>A time as a clock shows it: <c>1:05</c>, <c>2:03:04</c>; with days above that.</summary>
    public static string Clock(TimeSpan time)
    {
        string format = time.TotalHours < 1 ? @"m\:ss" : time.TotalDays < 1 ? @"h\:mm\:ss" : @"d'd 'h\:mm\:ss";
        return time.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Seconds from the guest as a clock shows them.</summary>
    public static string Clock(double seconds) => Clock(TimeSpan.FromSeconds(
        Math.Clamp(double.IsFinite(seconds) ? seconds : 0, 0, TimeSpan.MaxValue.TotalSeconds / 2)));

    /// <summary>A share, such as <c>12.5%</c>.</summary>
    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%");

    /// <summary>Numbers one behind the other.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="format">How each is written.</param>
    /// <param name="separator">What stands between them.</param>
    public static string Join(IReadOnlyList<double> numbers, string format, string separator)
    {
        string[] texts = new string[numbers.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = numbers[i].ToString(format, CultureInfo.InvariantCulture);
        }

        return string.Join(separator, texts);
    }
}
