using GuestAgent.Cli.Output;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1023, "1023")]
    [InlineData(1024, "1.0K")]
    [InlineData(1025, "1.1K")]
    [InlineData(10 * 1024, "10K")]
    [InlineData((10 * 1024) + 1, "11K")]
    [InlineData((1024 * 1024) - 1, "1.0M")]
    [InlineData(1024L * 1024 * 1024 * 5 / 2, "2.5G")]
    [InlineData(long.MaxValue, "8.0E")]
    [InlineData(-5, "-5")]
    public void Sizes_are_rounded_up_as_ls_does(long bytes, string expected) =>
        Assert.Equal(expected, Quantity.Size(bytes, human: true));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_234_567, "1234567")]
    public void Sizes_for_programs_have_all_digits(long bytes, string expected) =>
        Assert.Equal(expected, Quantity.Size(bytes, human: false));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(65.9, "1:05")]
    [InlineData(3600, "1:00:00")]
    [InlineData((26 * 3600) + 61, "1d 2:01:01")]
    [InlineData(-1, "0:00")]
    [InlineData(double.NaN, "0:00")]
    public void Times_are_shown_as_a_clock_shows_them(double seconds, string expected) =>
        Assert.Equal(expected, Quantity.Clock(seconds));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(1536, "1.5K/s")]
    [InlineData(double.PositiveInfinity, "0/s")]
    [InlineData(-1, "0/s")]
    public void Rates_are_sizes_in_a_second(double rate, string expected) => Assert.Equal(expected, Quantity.Rate(rate));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Any_number_may_come_for_a_time_or_a_size(long any)
    {
        Assert.NotEmpty(GuestInstant.Utc(any));
        Assert.NotEmpty(Quantity.SizeOfKb(any));
        Assert.NotEmpty(Quantity.Clock((double)any));
    }

    [Fact]
    public void Moments_are_shown_in_the_zone_asked_for()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(2), "x", "x");
        Assert.Equal("2026-05-04 05:02", GuestInstant.Minutes(1_777_863_721_250, zone));
        Assert.Equal("2026-05-04T03:02:01.250Z", GuestInstant.Utc(1_777_863_721_250));
    }

    [Theory]
    [InlineData("@1777863721", 1_777_863_721_000)]
    [InlineData("@1777863721.25", 1_777_863_721_250)]
    [InlineData("2026-05-04T03:02:01Z", 1_777_863_721_000)]
    [InlineData("2026-05-04T05:02:01.25+02:00", 1_777_863_721_250)]
    [InlineData("2026-05-04 03:02Z", 1_777_863_720_000)]
    public void Times_on_the_command_line_are_read(string text, long milliseconds) =>
        Assert.Equal(milliseconds, Cli.PointInTime.Parse(text)?.ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("@-1")]
    [InlineData("@1e9")]
    [InlineData("@99999999999999999999")]
    [InlineData("tomorrow")]
    [InlineData("04/05/2026")]
    public void What_is_no_time_is_told(string text) => Assert.Null(Cli.PointInTime.Parse(text));
}
