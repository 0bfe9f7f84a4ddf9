using System.Text;
using GuestAgent.Linux.Time;
using Xunit;

namespace GuestAgent.Tests.Unit.Machine;

public sealed class HardwareClockTests
{
    [Theory]
    [InlineData(1970, 1, 1, 0, 0, 0, 0L)]
    [InlineData(2024, 2, 29, 12, 34, 56, 1709210096000L)]
    [InlineData(2025, 2, 29, 0, 0, 0, null)]
    [InlineData(2025, 13, 1, 0, 0, 0, null)]
    [InlineData(2025, 1, 0, 0, 0, 0, null)]
    [InlineData(2025, 1, 1, 24, 0, 0, null)]
    [InlineData(2025, 1, 1, 0, 0, 60, null)]
    [InlineData(1900, 1, 1, 0, 0, 0, null)]
    [InlineData(int.MaxValue, 1, 1, 0, 0, 0, null)]
    public void What_is_no_time_is_none(int year, int month, int day, int hour, int minute, int second, long? unixMs) =>
        Assert.Equal(unixMs, HardwareClock.ToUnixMilliseconds(year, month, day, hour, minute, second));

    [Theory]
    [InlineData("0.0 0 0.0\n0\nLOCAL\n", true)]
    [InlineData("0.0 0 0.0\n0\nUTC\n", false)]
    [InlineData("LOCAL\nLOCAL", false)]
    [InlineData("", false)]
    public void The_third_line_tells_local_time(string text, bool isLocal) =>
        Assert.Equal(isLocal, HardwareClock.IsLocal(Encoding.UTF8.GetBytes(text)));
}
