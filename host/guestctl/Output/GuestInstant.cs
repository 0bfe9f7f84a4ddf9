using System.Globalization;

namespace GuestAgent.Cli.Output;

/// <summary>Moments that the guest tells. It may tell any number.</summary>
internal static class GuestInstant
{
    /// <summary>A moment in UTC, such as <c>2026-05-04T03:02:01.250Z</c>; the number itself when no calendar has it.</summary>
    /// <param name="milliseconds">Since the epoch.</param>
    public static string Utc(long milliseconds) => Format(milliseconds, TimeZoneInfo.Utc, "yyyy-MM-ddTHH:mm:ss.fffZ");

    /// <summary>A moment to the second, as a clock in a time zone shows it.</summary>
    public static string Seconds(long milliseconds, TimeZoneInfo zone) => Format(milliseconds, zone, "yyyy-MM-dd HH:mm:ss");

    /// <summary>A moment to the minute, likewise.</summary>
    public static string Minutes(long milliseconds, TimeZoneInfo zone) => Format(milliseconds, zone, "yyyy-MM-dd HH:mm");

    private static string Format(long milliseconds, TimeZoneInfo zone, string format) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), zone)
                .ToString(format, CultureInfo.InvariantCulture)
            : milliseconds.ToString(CultureInfo.InvariantCulture);
}
