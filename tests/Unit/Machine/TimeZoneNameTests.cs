using GuestAgent.Linux.Time;
using GuestAgent.Machine;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Machine;

public sealed class TimeZoneNameTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public TimeZoneNameTests() => Directory.CreateDirectory(Path.Combine(_root.Path, "etc"));

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin")]
    [InlineData("../usr/share/zoneinfo/Etc/GMT+3", "Etc/GMT+3")]
    [InlineData("/usr/share/zoneinfo/posix/America/New_York", "America/New_York")]
    [InlineData("/usr/share/zoneinfo/", null)]
    [InlineData("/etc/my-zone", null)]
    [InlineData("/usr/share/zoneinfo/a b", null)]
    [InlineData(null, null)]
    public void The_link_names_the_zone(string? target, string? name) => Assert.Equal(name, TimeZoneName.FromLink(target));

    [Fact]
    public void Without_a_link_the_file_names_it()
    {
        File.WriteAllText(Path.Combine(_root.Path, "etc/localtime"), "TZif2");
        Assert.Null(TimeZoneName.Find(_root.Path));
        File.WriteAllText(Path.Combine(_root.Path, "etc/timezone"), "Asia/Kolkata\n");
        Assert.Equal("Asia/Kolkata", TimeZoneName.Find(_root.Path));
    }

    [Fact]
    public void The_link_is_believed_before_the_file()
    {
        File.CreateSymbolicLink(Path.Combine(_root.Path, "etc/localtime"), "/usr/share/zoneinfo/Asia/Tokyo");
        File.WriteAllText(Path.Combine(_root.Path, "etc/timezone"), "Asia/Kolkata\n");
        Assert.Equal("Asia/Tokyo", TimeZoneName.Find(_root.Path));
    }

    [Fact]
    public void The_offset_is_that_of_a_zone_on_earth() =>
        Assert.InRange(SystemClock.UtcOffsetSeconds(SystemClock.UnixMilliseconds / 1000), -15 * 3600, 15 * 3600);
}
