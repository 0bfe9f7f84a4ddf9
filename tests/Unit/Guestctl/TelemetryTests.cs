using GuestAgent.Cli.Live;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Telemetry;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class TelemetryTests
{
    private static readonly TelemetryReport Report = new(
        1_777_863_721_250,
        93_784,
        [0.1, 0.25, 1],
        new CpuActivity(50, 30.5, 19.5, 1, 0, [100, 0]),
        new MemoryUsage(4_194_304, 1_048_576, 524_288, 1024, 2048),
        new SwapUsage(0, 0),
        [new("vda", 1, 2, 1024, 2048, 1.5, 2.5, 12.5)],
        [],
        [new("eth0\u001b[2J", 1 << 20, 2 << 20, 100, 200, 1, 2)],
        new ProcessCounts(123, 2, 1));

    [Fact]
    public void A_page_shows_what_there_is()
    {
        string page = string.Join('\n', TelemetryPicture.Lines(Report, width: null));
        Assert.StartsWith(
            "2026-05-04 03:02:01 UTC   up 1d 2:03:04   load 0.10 0.25 1.00   processes 123, 2 running",
            page,
            StringComparison.Ordinal);
        Assert.Contains("\nCPU   [##############--------------]  50.0%   user 30.5  system 19.5", page, StringComparison.Ordinal);
        Assert.Contains(
            "\nRAM   [#####################-------]  75.0%   4.0G in all  1.0G available",
            page,
            StringComparison.Ordinal);
        Assert.Contains("\nvda   1.0K/s   2.0K/s      1.5       2.5  12.5%", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Swap", page, StringComparison.Ordinal);
        Assert.DoesNotContain("FILESYSTEM", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', page);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void A_page_fits_the_terminal(int width) => Assert.All(
        TelemetryPicture.Lines(Report, width), line => Assert.InRange(DisplayText.Width(line), 0, width));

    [Fact]
    public void A_line_is_words_for_programs_and_logs() => Assert.Equal(
        "2026-05-04T03:02:01.250Z cpu=50.0% load=0.10,0.25,1.00 memory=3.0G/4.0G swap=0/0 " +
        "read=1.0K/s written=2.0K/s received=100/s sent=200/s processes=123",
        TelemetryLine.Text(Report));
}
