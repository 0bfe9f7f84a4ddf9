using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Machine;
using GuestAgent.Network;
using GuestAgent.Storage;
using GuestAgent.Telemetry;
using Xunit;

namespace GuestAgent.Tests.Unit.Telemetry;

public sealed class TelemetryReportsTests
{
    [Fact]
    public void Rates_are_over_the_time_between_the_samples()
    {
        TelemetrySample before = Sample(
            1000, "cpu 100 0 100 800 0\ncpu0 100 0 100 800 0", "8 0 vda 10 0 100 0 20 0 200 0 0 1000", 500, 600);
        TelemetrySample now = Sample(
            3000, "cpu 150 0 125 900 25\ncpu0 150 0 125 900 25", "8 0 vda 14 0 300 0 30 0 600 0 0 2000", 2500, 5600);
        TelemetryReport report = TelemetryReports.Compare(before, now, []);

        Assert.Equal((37.5, 25.0, 12.5, 12.5, 0.0), (report.Cpu.BusyPercent, report.Cpu.UserPercent, report.Cpu.SystemPercent,
            report.Cpu.IowaitPercent, report.Cpu.StealPercent));
        Assert.Equal([37.5], report.Cpu.PerCpu);
        Assert.Equal(new DiskActivity("vda", 300 * 512, 600 * 512, 51200, 102400, 2, 5, 50), Assert.Single(report.Disks));
        Assert.Equal(new InterfaceActivity("eth0", 2500, 5600, 1000, 2500, 0, 0), Assert.Single(report.Interfaces));
        Assert.Equal(3, report.UptimeSeconds);
    }

    [Fact]
    public void What_is_new_or_began_anew_has_no_rate_and_nothing_is_negative()
    {
        TelemetrySample before = Sample(1000, "cpu 9 9 9 9\ncpu0 9 9 9 9", "8 0 vda 10 0 100 0 20 0 200 0 0 1000", 500, 600);
        TelemetrySample now = Sample(1000, "cpu 1 1 1 1\ncpu7 1 1 1 1", "8 0 vdb 1 0 1 0 1 0 1 0 0 1", 1, 2);
        TelemetryReport report = TelemetryReports.Compare(before, now, []);

        Assert.Equal(0, report.Cpu.BusyPercent);
        Assert.Equal([0], report.Cpu.PerCpu);
        Assert.Equal([7], report.Cpu.PerCpuNumbers);
        Assert.Equal((0, 0), (report.Disks[0].ReadBytesPerSecond, report.Disks[0].BusyPercent));
        Assert.Equal((0, 0), (report.Interfaces[0].RxBytesPerSecond, report.Interfaces[0].TxBytesPerSecond));
    }

    [Theory]
    [InlineData("", new int[0])]
    [InlineData("\n", new int[0])]
    [InlineData("1\n", new[] { 1 })]
    [InlineData("1,3-5,9\n", new[] { 1, 3, 4, 5, 9 })]
    [InlineData("5-3\n", new int[0])]
    [InlineData("2,99999999999\n", new[] { 2 })]
    public void Processors_that_are_not_used_are_told_by_number(string text, int[] numbers) =>
        Assert.Equal(numbers, OfflineProcessors.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Partitions_and_idle_devices_are_left_out()
    {
        const string Text = """
             254       0 vda 100 5 800 7 200 6 1600 9 0 50 20 0 0 0 0
             254       1 vda1 90 5 700 7 200 6 1600 9 0 50 20 0 0 0 0
               7       0 loop0 0 0 0 0 0 0 0 0 0 0 0
            nonsense
            """;
        Assert.Equal(
            new DiskCounters("vda", 100, 800 * 512, 200, 1600 * 512, 50),
            Assert.Single(DiskCounters.Parse(Encoding.UTF8.GetBytes(Text), name => name != "vda1")));
    }

    [Fact]
    public void This_machine_is_sampled()
    {
        TelemetrySample sample = TelemetrySample.Read();
        Assert.True(sample.Kernel.All.Total > 0 && sample.Memory.Total > 0 && sample.Processes > 0);
        Assert.Contains(sample.Links, link => link.Name == "lo");
    }

    private static TelemetrySample Sample(long bootMs, string stat, string disks, long received, long sent) => new(
        bootMs,
        0,
        KernelCounters.Parse(Encoding.UTF8.GetBytes(stat)),
        default,
        [0, 0, 0],
        DiskCounters.Parse(Encoding.UTF8.GetBytes(disks), _ => true),
        [new LinkMessage(2, "eth0", "", "up", 1500, 0, new NetworkStatistics(received, 0, 0, 0, sent, 0, 0, 0))],
        1);
}
