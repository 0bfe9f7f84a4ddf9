using System.Text;
using GuestAgent.Storage;
using Xunit;

namespace GuestAgent.Tests.Unit.Storage;

public sealed class MountTableTests
{
    private const string Root = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard";

    [Fact]
    public void Only_what_holds_data_is_a_file_system() => Assert.Equal(
        ["/ ext4 /dev/vda", "/home btrfs /dev/vdb", "/nfs nfs4 srv:/x", "/snap squashfs /dev/loop0", "/v virtiofs share"],
        Rows(
            Root,
            "22 27 0:21 / /proc rw - proc proc rw",
            "23 27 0:22 / /sys rw - sysfs sysfs rw",
            "25 27 0:23 / /tmp rw - tmpfs tmpfs rw",
            "26 27 0:24 / /auto rw - autofs systemd-1 rw",
            "28 27 0:30 / /home rw shared:2 master:1 - btrfs /dev/vdb rw",
            "29 27 0:31 / /nfs ro - nfs4 srv:/x ro",
            "30 27 7:0 / /snap ro - squashfs /dev/loop0 ro",
            "31 27 0:32 / /v rw - virtiofs share rw",
            "32 27 0:33 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw",
            "33 27 0:6 / /dev rw - devtmpfs devtmpfs rw"));

    [Fact]
    public void The_root_of_a_container_is_told() =>
        Assert.Equal(["/ overlay overlay"], Rows("32 1 0:33 / / rw - overlay overlay rw"));

    [Fact]
    public void A_file_system_is_told_once_by_its_shortest_whole_mount() => Assert.Equal(
        ["/ ext4 /dev/vda", "/data xfs /dev/vdc"],
        Rows(
            Root,
            "40 27 254:0 /srv /s rw - ext4 /dev/vda rw",
            "41 27 254:32 /sub /d rw - xfs /dev/vdc rw",
            "42 27 254:32 / /data/longer rw - xfs /dev/vdc rw",
            "43 27 254:32 / /data rw - xfs /dev/vdc rw"));

    [Fact]
    public void The_root_stays_when_the_whole_of_its_file_system_is_mounted_elsewhere() => Assert.Equal(
        ["/ ext4 /dev/vda", "/usr ext4 /dev/vda"],
        Rows(
            "27 1 254:0 /ostree/deploy/os/deploy/1 / rw shared:1 - ext4 /dev/vda rw",
            "28 27 254:0 / /sysroot rw - ext4 /dev/vda rw",
            "29 27 254:0 /ostree/deploy/os/var /var rw - ext4 /dev/vda rw",
            "30 27 254:0 /ostree/deploy/os/deploy/1/usr /usr ro - ext4 /dev/vda rw"));

    [Fact]
    public void Each_volume_of_btrfs_is_told_once_and_a_directory_of_one_is_none() => Assert.Equal(
        ["/ btrfs /dev/vda", "/home btrfs /dev/vda", "/run/backup btrfs /dev/vda"],
        Rows(
            "27 1 0:24 /@ / rw - btrfs /dev/vda rw,subvolid=256,subvol=/@",
            "28 27 0:24 /@home /home rw - btrfs /dev/vda rw,subvolid=257,subvol=/@home",
            "29 27 0:24 /@home /h/longer rw - btrfs /dev/vda rw,subvolid=257,subvol=/@home",
            "30 27 0:24 /@/srv /srv rw - btrfs /dev/vda rw,subvolid=256,subvol=/@",
            "31 27 0:24 / /run/backup rw - btrfs /dev/vda rw,subvolid=5,subvol=/"));

    [Fact]
    public void What_is_read_only_by_one_path_and_writable_by_another_is_told_twice() => Assert.Equal(
        ["/ False", "/data True", "/dd False"],
        MountTable.FileSystems(Parse(
                Root,
                "41 27 254:32 / /data ro - xfs /dev/vdc rw",
                "42 27 254:32 / /dd rw - xfs /dev/vdc rw",
                "43 27 254:32 / /data-too ro - xfs /dev/vdc rw"))
            .Select(mount => $"{mount.MountPoint} {mount.IsReadOnly}"));

    [Fact]
    public void The_guest_s_mounts_count_and_not_the_sandbox_of_a_service()
    {
        string[] guest = [Root, "28 27 254:16 / /home rw - ext4 /dev/vdb rw", "29 27 254:32 / /cd ro - iso9660 /dev/sr0 ro"];
        string[] own =
        [
            "127 1 254:0 / / ro,relatime - ext4 /dev/vda rw,discard",
            "128 127 0:50 / /home ro - tmpfs tmpfs ro",
            "129 127 254:32 / /cd ro - iso9660 /dev/sr0 ro",
            "130 127 254:0 /usr /usr ro - ext4 /dev/vda rw,discard",
            "131 127 254:48 / /own rw - ext4 /dev/vdx rw",
        ];

        Assert.Equal(
            ["/ False /", "/cd True /cd", "/home False /proc/1/root/home", "/own False /own"],
            MountTable.OfGuest(Parse(guest), Parse(own)).Select(mount => $"{mount.MountPoint} {mount.IsReadOnly} {mount.Path}"));
    }

    [Fact]
    public void Without_a_sandbox_the_agent_s_mounts_are_the_guest_s()
    {
        string[] both = [Root, "29 27 254:32 / /cd ro - xfs /dev/vdc rw"];
        Assert.Equal(
            ["/ False /", "/cd True /cd"],
            MountTable.OfGuest(Parse(both), Parse(both)).Select(mount => $"{mount.MountPoint} {mount.IsReadOnly} {mount.Path}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("27 1 254:9 / / rw - ext4 /dev/other rw")]
    [InlineData("27 1 254:0 /containers/a / rw - ext4 /dev/vda rw")]
    public void Where_the_guest_s_mounts_are_not_to_be_had_the_file_system_s_own_word_counts(string? guest) => Assert.Equal(
        ["/ False", "/cd True"],
        MountTable.OfGuest(
                guest is null ? [] : Parse(guest),
                Parse("127 1 254:0 / / ro - ext4 /dev/vda rw", "129 127 254:32 / /cd ro - iso9660 /dev/sr0 ro"))
            .Select(mount => $"{mount.MountPoint} {mount.IsReadOnly}"));

    [Fact]
    public void What_another_mount_hides_is_not_told() => Assert.Equal(
        ["/ ext4 /dev/vda", "/mnt xfs /dev/vdd"],
        Rows(
            Root,
            "50 27 254:16 / /mnt/usb rw - ext4 /dev/vdb rw",
            "51 27 254:32 / /mnt rw - xfs /dev/vdc rw",
            "52 51 254:48 / /mnt rw - xfs /dev/vdd rw"));

    [Fact]
    public void A_mount_that_was_moved_below_a_later_one_is_told() => Assert.Equal(
        ["/ ext4 /dev/vda", "/boot vfat /dev/vdb1"],
        Rows("20 27 254:17 / /boot rw - vfat /dev/vdb1 rw", Root));

    [Theory]
    [InlineData(@"60 27 254:16 / /a\040b\011c\134d rw - ext4 /dev/disk\040x rw", "/a b\tc\\d", "/dev/disk x")]
    [InlineData(@"60 27 254:16 / /a\04 rw - ext4 \9 rw", @"/a\04", @"\9")]
    public void Escapes_are_undone(string line, string mountPoint, string source)
    {
        MountEntry mount = MountEntry.TryParse(Encoding.UTF8.GetBytes(line))!;
        Assert.Equal((mountPoint, source), (mount.MountPoint, mount.Source));
    }

    [Theory]
    [InlineData("60 27 254:16 / /x ro,relatime - ext4 /dev/vda rw", true)]
    [InlineData("60 27 254:16 / /x rw,relatime - ext4 /dev/vda ro,errors=remount-ro", true)]
    [InlineData("60 27 254:16 / /x rw,relatime - ext4 /dev/vda rw,errors=remount-ro", false)]
    public void Mount_and_file_system_may_be_read_only(string line, bool readOnly) =>
        Assert.Equal(readOnly, MountEntry.TryParse(Encoding.UTF8.GetBytes(line))!.IsReadOnly);

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3:4 / /x rw")]
    [InlineData("1 2 3:4 / /x rw -")]
    [InlineData("1 2 3:4 / relative rw - ext4 /dev/vda rw")]
    public void What_is_no_mount_is_nothing(string line) => Assert.Null(MountEntry.TryParse(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("ext4", "254:0", false)]
    [InlineData("btrfs", "0:40", false)]
    [InlineData("nfs4", "0:41", true)]
    [InlineData("fuse.sshfs", "0:42", true)]
    [InlineData("fuseblk", "8:1", true)]
    public void Whoever_needs_somebody_else_may_hang(string type, string device, bool mayHang) => Assert.Equal(
        mayHang, new MountEntry(1, 0, device, true, "/x", false, type, "x").MayHang);

    [Fact]
    public void This_machine_has_a_root() =>
        Assert.Contains(MountTable.ReadFileSystems(), mount => mount.MountPoint == "/");

    [Fact]
    public void Capacity_survives_numbers_that_make_no_sense()
    {
        Capacity odd = Capacity.From(ulong.MaxValue, ulong.MaxValue, 5, ulong.MaxValue - 3, 10, 20);
        Assert.Equal(new Capacity(long.MaxValue, long.MaxValue, 0, 10, 0), odd);
        Assert.Equal(100, odd.UsedPercent);
        Assert.Equal(0, Capacity.From(4096, 0, 0, 0, 0, 0).UsedPercent);
        Assert.Equal(33.3, Capacity.From(1, 300, 200, 200, 0, 0).UsedPercent);
    }

    private static IReadOnlyList<MountEntry> Parse(params string[] lines) =>
        MountTable.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private static string[] Rows(params string[] lines) =>
    [
        .. MountTable.FileSystems(Parse(lines))
            .Select(mount => $"{mount.MountPoint} {mount.Type} {mount.Source}"),
    ];
}
