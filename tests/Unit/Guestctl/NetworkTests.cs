using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Info;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class NetworkTests
{
    private static readonly NetworkInfo Network = new(
        [
            new("lo", 1, "", ["127.0.0.1/8"], ["::1/128"], "unknown", 65536, ["up", "loopback"], [], null),
            new(
                "eth0",
                2,
                "52:54:00:12:34:56",
                ["10.0.2.15/24"],
                [],
                "up",
                1500,
                ["up"],
                [],
                new(2048, 10, long.MaxValue, 0, 1, 2, 3, 4)),
        ],
        [
            new("0.0.0.0/0", "10.0.2.2", "eth0", 100, "ipv4", "unicast"),
            new("10.0.2.0/24", null, "eth0", null, "ipv4", "unicast"),
            new("10.9.0.0/16", null, null, null, "ipv4", "blackhole"),
            new("::/0", "fe80::2", "eth0", 1024, "ipv6", "unicast"),
        ],
        Truncated: true,
        new ResolverSettings(["10.0.2.3"], ["example.org", "example.net"]));

    [Fact]
    public void Addresses_stand_beside_their_interface() => Assert.Equal(
        ["NAME  STATE    ADDRESSES", "lo    unknown  127.0.0.1/8 ::1/128", "eth0  up       10.0.2.15/24"],
        GuestAgent.Cli.Output.Network.Addresses(Network));

    [Fact]
    public void Counters_add_up_whatever_they_are() => Assert.Contains(
        "eth0  up       52:54:00:12:34:56   1500      2.0K     1  9223372036854775810        4  up",
        GuestAgent.Cli.Output.Network.Links(Network, human: true));

    [Fact]
    public void Routes_read_as_ip_writes_them() => Assert.Equal(
        [
            "default via 10.0.2.2 dev eth0 metric 100",
            "10.0.2.0/24 dev eth0",
            "blackhole 10.9.0.0/16",
            "default via fe80::2 dev eth0 metric 1024",
            "(there are more)",
        ],
        GuestAgent.Cli.Output.Network.Routes(Network));

    [Fact]
    public void Resolvers_read_as_resolv_conf() => Assert.Equal(
        ["nameserver 10.0.2.3", "search example.org example.net"], GuestAgent.Cli.Output.Network.Resolvers(Network));

    [Theory]
    [InlineData(1204, 8796, 12.0, "13%")]
    [InlineData(1200, 8800, 12.0, "12%")]
    [InlineData(9999, 1, 100.0, "100%")]
    [InlineData(0, 0, 0.0, "0%")]
    public void The_share_that_is_used_is_rounded_up_as_by_df(long used, long available, double percent, string shown)
    {
        var usage = new DiskUsage([new("/", "/dev/vda1", "ext4", 10_000, used, available, percent, null, null, ReadOnly: false)], []);
        Assert.Contains($" {shown}  /", FileSystems.Space(usage, human: false, width: null).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void File_systems_show_what_is_used_and_what_does_not_answer()
    {
        var usage = new DiskUsage(
            [new("/", "/dev/vda1", "ext4", 10_000_000_000, 5_000_000_000, 4_000_000_000, 55.1, 100, 25, ReadOnly: true)],
            [new("/mnt", "server:/x", "nfs4", "timeout")]);
        Assert.Equal(
            [
                "FILESYSTEM  TYPE         SIZE        USED       AVAIL  USE  MOUNTED ON",
                "/dev/vda1   ext4  10000000000  5000000000  4000000000  56%  / (read-only)",
                "/mnt: server:/x (nfs4) does not answer: timeout",
            ],
            FileSystems.Space(usage, human: false, width: null));
        Assert.Contains("/dev/vda1   ext4     100    25    75  25%  / (read-only)", FileSystems.Inodes(usage, width: null));
    }
}
