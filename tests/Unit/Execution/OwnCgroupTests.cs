using GuestAgent.Execution;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

public sealed class OwnCgroupTests
{
    private const string Unified = "29 1 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
    private const string Proc = "22 1 0:20 / /proc rw shared:5 - proc proc rw";

    [Fact]
    public void Without_the_unified_hierarchy_there_is_none()
    {
        Assert.Null(OwnCgroup.Find(["4:memory:/x"], [Unified]));
        Assert.Null(OwnCgroup.Find(["0::/x"], [Proc]));
        Assert.Null(OwnCgroup.Find(["0::/x"], ["29 1 0:26 / /cgroup rw - cgroup cgroup2 rw"]));
        Assert.Null(OwnCgroup.Find([], []));
    }

    [Fact]
    public void A_service_is_found() => Assert.Equal(
        "/sys/fs/cgroup/system.slice/guest-agent.service",
        OwnCgroup.Find(["0::/system.slice/guest-agent.service"], [Proc, Unified]));

    [Fact]
    public void The_root_is_found() => Assert.Equal("/sys/fs/cgroup", OwnCgroup.Find(["1:name=systemd:/", "0::/"], [Unified]));

    [Fact]
    public void A_mount_of_a_part_is_found() => Assert.Equal(
        "/cg/b",
        OwnCgroup.Find(["0::/a/b"], ["29 1 0:26 /a /cg rw shared:9 master:1 - cgroup2 cgroup2 rw"]));

    [Theory]
    [InlineData("x - cgroup2 x")]
    [InlineData(" - cgroup2 ")]
    [InlineData("29 1 0:26 / - cgroup2 cgroup2")]
    [InlineData("29 1 0:26 / relative rw - cgroup2 cgroup2 rw")]
    public void A_line_that_is_no_mount_is_none(string line) => Assert.Null(OwnCgroup.Find(["0::/"], [line]));

    [Fact]
    public void A_mount_of_another_part_is_none() => Assert.Null(
        OwnCgroup.Find(["0::/ab/c"], ["29 1 0:26 /a /cg rw - cgroup2 cgroup2 rw"]));
}
