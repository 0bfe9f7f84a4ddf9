using System.Globalization;

namespace GuestAgent.Cli;

/// <summary>A time on the command line.</summary>
internal static class PointInTime
{
    /// <summary>
    /// Reads <c>@SECONDS</c> since the epoch, or a date and time by ISO 8601; without a zone it is local. Null for
    /// anything else.
    /// </summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (text.StartsWith('@'))
        {
            return decimal.TryParse(
                text.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
                && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
                : null;
        }

        string[] formats =
        [
            "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-dd HH:mmK",
        ];
        return DateTimeOffset.TryParseExact(
            text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? time
            : null;
    }
}
