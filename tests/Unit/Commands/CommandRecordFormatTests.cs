using System.Text;
using GuestAgent.Commands;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class CommandRecordFormatTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_is_written_is_read_and_blank_places_are_skipped()
    {
        RecordedCommand plain = new(4194303, 1, long.MaxValue, "");
        RecordedCommand placed = new(1000, 123456, 123466, "command-4194303-2147483647");
        Write(CommandRecordFormat.Head("/sys/fs/cgroup/a b"), CommandRecordFormat.Place(plain), CommandRecordFormat.Blank,
            CommandRecordFormat.Place(placed));
        Assert.Equal(
            [plain, placed with { Cgroup = "/sys/fs/cgroup/a b/command-4194303-2147483647" }],
            CommandRecordFormat.Read(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 5 6 ")]
    [InlineData("-7 5 6 ")]
    [InlineData("0 5 6 ")]
    [InlineData("77 5 ")]
    [InlineData("77 x 6 ")]
    [InlineData("77777777777 5 6 ")]
    public void A_damaged_place_names_nobody(string place)
    {
        Write(CommandRecordFormat.Head(null), Encoding.UTF8.GetBytes(place.PadRight(CommandRecordFormat.PlaceBytes)));
        Assert.Empty(CommandRecordFormat.Read(File));
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void A_cgroup_is_a_name_below_the_agent_s_own(string name)
    {
        Write(CommandRecordFormat.Head("/sys/fs/cgroup"), CommandRecordFormat.Place(new RecordedCommand(77, 5, 6, name)));
        Assert.Equal("", Assert.Single(CommandRecordFormat.Read(File)).Cgroup);
    }

    [Fact]
    public void Records_of_another_boot_or_namespace_name_nobody()
    {
        byte[] place = CommandRecordFormat.Place(new RecordedCommand(77, 5, 6, ""));
        string head = Encoding.UTF8.GetString(CommandRecordFormat.Head(null));
        foreach (string other in (string[])[head.Replace("boot ", "boot 0", StringComparison.Ordinal), head.Replace("pid:[", "pid:[0", StringComparison.Ordinal), ""])
        {
            Write(Encoding.UTF8.GetBytes(other[..Math.Min(other.Length, 4096)].PadRight(4096)), place);
            Assert.Empty(CommandRecordFormat.Read(File));
        }

        Write(Encoding.UTF8.GetBytes(head), place);
        Assert.Single(CommandRecordFormat.Read(File));
        Write(Encoding.UTF8.GetBytes(head[..100]));
        Assert.Empty(CommandRecordFormat.Read(File));
        Assert.Empty(CommandRecordFormat.Read(_directory.Path + "/missing"));
    }

    [Theory]
    [InlineData(77, 70, 71, 100, true)]
    [InlineData(70, 77, 71, 200, true)]
    [InlineData(70, 71, 77, 150, true)]
    [InlineData(77, 77, 77, 99, false)]
    [InlineData(77, 77, 77, 201, false)]
    [InlineData(78, 78, 78, 150, false)]
    public void A_number_proves_a_process_only_if_it_began_while_the_number_was_the_command_s(
        int pid, int group, int session, long start, bool isProven)
    {
        var process = new ProcessStat(pid, 'S', 1, group, session, start);
        Assert.Equal(isProven, new RecordedCommand(77, 100, 200, "").Proves(process));
    }

    private string File => _directory.Path + "/records";

    private void Write(params byte[][] parts) => System.IO.File.WriteAllBytes(File, [.. parts.SelectMany(part => part)]);
}
