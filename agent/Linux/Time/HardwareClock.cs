using System.Runtime.InteropServices;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Time;

/// <summary>The clock that goes on while the machine is off. https://man7.org/linux/man-pages/man4/rtc.4.html</summary>
internal static class HardwareClock
{
    // _IOR('p', 9, struct rtc_time)
    private const nuint RtcRdTime = 0x80247009;
    private const int FirstYear = 1900;

    /// <summary>Its time, taken for UTC, milliseconds since the epoch; it counts whole seconds. Null where the guest has none.</summary>
    /// <exception cref="LinuxException">EBUSY while another program has it; EIO and others when it does not tell.</exception>
    public static unsafe long? TryReadUnixMilliseconds()
    {
        using SafeFileHandle clock = NativeMethods.open("/dev/rtc0", LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (clock.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENXIO or Errno.ENODEV
                ? null
                : throw LinuxException.FromLastError("/dev/rtc0");
        }

        RtcTime time = default;
        // SAFETY: the kernel writes one struct rtc_time.
        if (NativeMethods.ioctl(clock, RtcRdTime, &time) != 0)
        {
            throw LinuxException.FromLastError("ioctl(RTC_RD_TIME)");
        }

        return ToUnixMilliseconds(time.Year + FirstYear, time.Month + 1, time.Day, time.Hour, time.Minute, time.Second)
            ?? throw new LinuxException("ioctl(RTC_RD_TIME)", Errno.EIO);
    }

    /// <summary>Whether the guest keeps its hardware clock in local time, as the third line of hwclock's /etc/adjtime says.</summary>
    public static bool IsLocalTime =>
        SmallFile.TryRead("/etc/adjtime", 4096) is { } text && IsLocal(text.Span);

    /// <summary>See <see cref="IsLocalTime"/>.</summary>
    /// <param name="text">The file.</param>
    public static bool IsLocal(ReadOnlySpan<byte> text)
    {
        int line = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (++line == 3)
            {
                return text[range].Trim(" \t\r"u8).SequenceEqual("LOCAL"u8);
            }
        }

        return false;
    }

    /// <summary>Null for what is no time.</summary>
    public static long? ToUnixMilliseconds(int year, int month, int day, int hour, int minute, int second) =>
        year is >= 1970 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
        && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60
            ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeMilliseconds()
            : null;

    /// <summary>struct rtc_time, include/uapi/linux/rtc.h.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 36)]
    private struct RtcTime
    {
        public int Second;
        public int Minute;
        public int Hour;
        public int Day;
        public int Month;
        public int Year;
    }
}
