using System.Text;
using GuestAgent.Linux;
using GuestAgent.Machine;
using GuestAgent.Network;
using GuestAgent.Storage;
using Xunit;

namespace GuestAgent.Tests.Unit.Machine;

/// <summary>The readers of /proc and /etc, fed with the text of several kernels and with what none writes.</summary>
public sealed class ProcTextTests
{
    [Fact]
    public void Any_bytes_give_a_value_and_no_exception()
    {
        var random = new Random(20260101);
        byte[] alphabet = Encoding.ASCII.GetBytes("0123456789 \t\n=\"'\\:-/,cpu0MemTotal:nameserver\0\u007f");
        for (int round = 0; round < 5000; round++)
        {
            byte[] text = new byte[random.Next(200)];
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = round % 4 == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            OsRelease.Parse(text);
            MemoryFacts.Parse(text);
            KernelCounters.Parse(text);
            LogindSessions.Parse(Encoding.UTF8.GetString(text));
            LoginRecords.Parse(text, 384, _ => true);
            ResolverFile.Parse(text);
            MountTable.FileSystems(MountTable.Parse(text));
            Assert.All(LoadAverage.Parse(text), load => Assert.True(double.IsFinite(load)));
        }
    }

    [Fact]
    public void Memory_is_read()
    {
        const string Text = """
            MemTotal:        2035444 kB
            MemFree:          102420 kB
            MemAvailable:    1703876 kB
            Buffers:           20740 kB
            Cached:          1678144 kB
            SwapCached:          992 kB
            SwapTotal:        974844 kB
            SwapFree:         969212 kB
            """;
        Assert.Equal(
            new MemoryFacts(2035444, 1703876, 102420, 20740, 1678144, 974844, 969212), MemoryFacts.Parse(Utf8(Text)));
    }

    [Fact]
    public void A_kernel_that_does_not_estimate_what_is_available_gets_an_estimate()
    {
        MemoryFacts memory = MemoryFacts.Parse(Utf8("MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\n"));
        Assert.Equal((100, 35), (memory.Total, memory.Available));
        Assert.Equal(default, MemoryFacts.Parse([]));
    }

    [Fact]
    public void Processors_are_counted_as_they_are_online()
    {
        const string Text = """
            cpu  10 2 3 400 50 6 7 8 9 1
            cpu0 5 1 1 200 25 3 3 4 9 1
            cpu3 5 1 2 200 25 3 4 4
            intr 12345 0 1 2
            procs_running 3
            procs_blocked 1
            """;
        KernelCounters counters = KernelCounters.Parse(Utf8(Text));
        Assert.Equal(new CpuTimes(-1, 12, 16, 400, 50, 8), counters.All);
        Assert.Equal([0, 3], counters.PerCpu.Select(cpu => cpu.Number));
        Assert.Equal((3, 1), (counters.Running, counters.Blocked));
    }

    [Fact]
    public void An_old_kernel_without_steal_is_read() => Assert.Equal(
        new CpuTimes(-1, 3, 3, 4, 0, 0), KernelCounters.Parse(Utf8("cpu  1 2 3 4\ncpu0 1 2 3 4\n")).All);

    [Fact]
    public void A_counter_that_shrinks_gives_no_negative_time() => Assert.Equal(
        new CpuTimes(0, 5, 0, 0, 0, 0), new CpuTimes(0, 15, 1, 1, 1, 1).Since(new CpuTimes(0, 10, 2, 2, 2, 2)));

    [Theory]
    [InlineData("0.12 1.5 20.00 3/412 9999", new[] { 0.12, 1.5, 20 })]
    [InlineData("", new double[] { 0, 0, 0 })]
    [InlineData("x 1", new double[] { 0, 1, 0 })]
    [InlineData("1e999 nan", new double[] { 0, 0, 0 })]
    public void Load_is_three_numbers(string text, double[] load) => Assert.Equal(load, LoadAverage.Parse(Utf8(text)));

    [Theory]
    [InlineData("NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"",
        "Debian GNU/Linux", "12", "debian", "Debian GNU/Linux 12 (bookworm)")]
    [InlineData("NAME='A \"quoted\" one'\n# ID=no\n\nID=arch\nPRETTY_NAME=Arch\\ Linux", "A \"quoted\" one", "", "arch", "Arch Linux")]
    [InlineData("NAME=\"a\\\"b\\$c\\\\d\"\r\nID=\nVERSION_ID=1\nVERSION_ID=2\r", "a\"b$c\\d", "2", null, null)]
    [InlineData("no assignment\n=x\nNAME", "Linux", "", null, null)]
    [InlineData("NAME=\"open", "open", "", null, null)]
    public void A_release_file_is_read_as_a_shell_would(string text, string name, string version, string? id, string? pretty) =>
        Assert.Equal(new OsRelease(name, version, id, pretty), OsRelease.Parse(Utf8(text)));

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("uninitialized", false)]
    [InlineData("0123456789abcdef0123456789abcdeg", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_a_machine_id_is_one(string? line, bool valid) =>
        Assert.Equal(valid ? line : null, MachineIds.ParseMachineId(line));

    [Fact]
    public void Name_servers_and_search_list_are_read()
    {
        var settings = ResolverFile.Parse(Utf8(
            "# nameserver 9.9.9.9\n;x\nnameserver 10.0.2.3\nnameserver\tfe80::1%eth0\nnameserver\ndomain a\nsearch b.example c\noptions ndots:2"));
        Assert.Equal(["10.0.2.3", "fe80::1%eth0"], settings.Servers);
        Assert.Equal(["b.example", "c"], settings.Search);
    }

    [Fact]
    public void This_machine_is_read()
    {
        MemoryFacts memory = MemoryFacts.Read();
        Assert.True(memory.Total > 0 && memory.Available > 0 && memory.Available <= memory.Total);
        KernelCounters counters = KernelCounters.Read();
        Assert.True(counters.All.Total > 0);
        Assert.NotEmpty(counters.PerCpu);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/hostname").Trim(), KernelNames.Read().Hostname);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), KernelNames.Read().Release);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), MachineIds.BootId);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
