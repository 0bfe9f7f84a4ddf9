using GuestAgent.Cli.Copying;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class CopyTests
{
    [Theory]
    [InlineData(":/etc/hosts", true, "/etc/hosts")]
    [InlineData(":/", true, "/")]
    [InlineData("/etc/hosts", false, "/etc/hosts")]
    [InlineData("./:odd", false, "./:odd")]
    [InlineData("a:/b", false, "a:/b")]
    public void A_colon_marks_the_guest(string text, bool isGuest, string path)
    {
        CopyEnd end = CopyEnd.Parse(text, out string? fault);
        Assert.Null(fault);
        Assert.Equal((isGuest, path, false), (end.IsGuest, end.Path, end.IsStream));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":etc")]
    [InlineData(":/a\0b")]
    public void What_is_no_path_is_told(string text)
    {
        CopyEnd.Parse(text, out string? fault);
        Assert.NotNull(fault);
    }

    [Fact]
    public void A_dash_is_a_standard_stream() => Assert.True(CopyEnd.Parse("-", out _).IsStream);

    [Theory]
    [InlineData("/", "")]
    [InlineData("/a", "a")]
    [InlineData("/a/b//", "b")]
    public void The_name_of_a_path_is_its_last_part(string path, string name) => Assert.Equal(name, GuestPath.Name(path));

    [Fact]
    public void Paths_are_joined_with_one_slash()
    {
        Assert.Equal("/a", GuestPath.Join("/", "a"));
        Assert.Equal("/a/b", GuestPath.Join("/a/", "b"));
    }

    [Fact]
    public void Progress_shows_share_rate_and_time_left()
    {
        string line = ProgressLine.Text("image.img", 512 << 20, 1 << 30, 64 << 20, TimeSpan.FromSeconds(8), 100);
        Assert.Equal("image.img                      [##########----------]  50%  512M   64M/s 0:08 left", line);
    }

    [Fact]
    public void Progress_at_the_end_shows_the_time_that_it_took()
    {
        string line = ProgressLine.Text("f", 100, 100, 50, TimeSpan.FromSeconds(62), 100);
        Assert.EndsWith("100%   100    50/s 1:02", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Progress_stands_any_number_and_fits_its_line(long number)
    {
        foreach (int width in (int[])[1, 10, 40, 80, 200])
        {
            string line = ProgressLine.Text("\u001b[2J文件文件文件文件文件文件文件文件", number, number, number, TimeSpan.Zero, width);
            Assert.InRange(DisplayText.Width(line), 0, width - 1);
            Assert.DoesNotContain('\u001b', line);
        }
    }

    [Fact]
    public void Without_a_size_there_is_no_share_and_no_bar()
    {
        string line = ProgressLine.Text("-", 4096, null, 1024, TimeSpan.FromSeconds(4), 100);
        Assert.DoesNotContain('%', line);
        Assert.DoesNotContain('[', line);
    }

    [Fact]
    public void The_rate_follows_the_last_seconds()
    {
        var meter = new RateMeter();
        Assert.Equal(1000, meter.At(1000, TimeSpan.FromSeconds(1)));
        Assert.InRange(meter.At(1000, TimeSpan.FromSeconds(4)), 300, 400);
        Assert.InRange(meter.At(1000, TimeSpan.FromSeconds(60)), 0, 1);
    }
}
