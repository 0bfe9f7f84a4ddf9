using System.Globalization;
using System.Text;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Clock;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Power;
using GuestAgent.Contracts.Processes;
using GuestAgent.Contracts.Workload;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>
/// The operations on the guest itself over virtio-serial: what they tell is compared with what the guest tells past the
/// agent, and what they do is seen there.
/// </summary>
[Collection(SharedMachine.Name)]
public sealed class GuestOperationTests(AgentMachine agent)
{
    private const int Kill = 9;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_agent_and_the_system_are_described()
    {
        await using GuestClient client = await agent.ConnectAsync();

        AgentDescription description = await client.GetAgentInfoAsync(Token);
        SystemInfo system = await client.GetSystemInfoAsync(Token);

        string boot = await agent.ShellAsync("cat /proc/sys/kernel/random/boot_id | tr -d -");
        Assert.Equal(boot, description.BootId.Replace("-", "", StringComparison.Ordinal));
        Assert.Equal(description.BootId, system.BootId);
        Assert.Equal(await agent.ShellAsync("cat /etc/machine-id"), system.MachineId);
        Assert.Equal(
            await agent.ShellAsync("hostname; uname -r; nproc; awk '/^MemTotal/ { print $2 }' /proc/meminfo"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{system.Hostname}\n{system.KernelVersion}\n{system.CpuCount}\n{system.TotalMemoryKb}"));
        Assert.Equal("debian", system.OsId);
    }

    [Fact]
    public async Task A_new_interface_is_described_with_its_address_and_its_route()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await agent.ShellAsync(
            "ip link add told type dummy && ip addr add 192.0.2.7/24 dev told && ip link set told up");
        try
        {
            NetworkInfo network = await client.GetNetworkInfoAsync(Token);

            NetworkInterface told = Assert.Single(network.Interfaces, one => one.Name == "told");
            Assert.Equal(await agent.ShellAsync("cat /sys/class/net/told/address"), told.MacAddress);
            Assert.Contains("192.0.2.7", told.Ipv4Addresses[0], StringComparison.Ordinal);
            Assert.Contains(network.Routes, route => route.Destination == "192.0.2.0/24" && route.Interface == "told");
        }
        finally
        {
            await agent.ShellAsync("ip link del told");
        }
    }

    [Fact]
    public async Task The_file_systems_are_as_large_as_df_says()
    {
        await using GuestClient client = await agent.ConnectAsync();

        DiskUsage disks = await client.GetDiskUsageAsync(Token);

        FileSystemUsage root = Assert.Single(disks.Filesystems, one => one.MountPoint == "/");
        Assert.Equal(
            await agent.ShellAsync("df -B1 --output=fstype,size / | tail -n 1 | xargs"),
            string.Create(CultureInfo.InvariantCulture, $"{root.FsType} {root.TotalBytes}"));
        Assert.InRange(root.AvailableBytes, 1, root.TotalBytes);
    }

    [Fact]
    public async Task A_process_is_listed_and_signalled_and_a_later_one_of_its_number_would_not_be()
    {
        int pid = int.Parse(
            await agent.ShellAsync("setsid sleep 4321 > /dev/null 2>&1 & echo $!"), CultureInfo.InvariantCulture);
        await agent.UntilAsync($"grep -q 4321 /proc/{pid}/cmdline", "the program");
        await using GuestClient client = await agent.ConnectAsync();

        List<ProcessEntry> listed = await client.Processes.ListAsync("root", "sleep", Token).ToListAsync(Token);
        ProcessEntry process = Assert.Single(listed, one => one.Pid == pid);
        Assert.Equal(["sleep", "4321"], process.Arguments);
        GuestAgentException other = await Assert.ThrowsAsync<GuestAgentException>(
            () => client.Processes.SignalAsync(process with { StartedMs = process.StartedMs - 60_000 }, Kill, Token));
        Assert.Equal(ErrorCode.NotFound, other.Code);
        await client.Processes.SignalAsync(process, Kill, Token);

        await agent.UntilAsync($"[ ! -e /proc/{pid} ]", "its end");
    }

    [Fact]
    public async Task The_clock_is_told_set_and_set_back()
    {
        const long Hour = 3_600_000;
        const long Tolerance = 60_000;
        await using GuestClient client = await agent.ConnectAsync();
        TimeGetResult before = await client.Clock.GetAsync(Token);
        Assert.InRange(before.UnixMs / 1000, await GuestSecondsAsync() - 60, await GuestSecondsAsync());

        try
        {
            TimeSetResult set = await client.Clock.SetAsync(
                DateTimeOffset.FromUnixTimeMilliseconds(before.UnixMs + Hour), Token);

            Assert.InRange(set.StepMs, Hour - Tolerance, Hour);
            Assert.InRange(await GuestSecondsAsync() * 1000, before.UnixMs + Hour - 1000, before.UnixMs + Hour + Tolerance);
        }
        finally
        {
            TimeSetResult back = await client.Clock.SetAsync(cancellationToken: Token);
            Assert.InRange(back.StepMs, -Hour - Tolerance, -Hour + Tolerance);
        }

        Assert.InRange(await GuestSecondsAsync() * 1000, before.UnixMs - Tolerance, before.UnixMs + Tolerance);
    }

    [Fact]
    public async Task A_command_is_written_to_and_signalled()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await using GuestProcess process = await client.StartAsync(
            new GuestCommand("sh", "-c", "trap 'exit 7' USR1; read -r line; echo \"$line\"; while :; do sleep 0.1; done")
            {
                KeepInputOpen = true,
            },
            Token);

        await process.WriteStandardInputAsync("word\n"u8.ToArray(), Token);
        StringBuilder output = new();
        await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
        {
            output.Append(Encoding.UTF8.GetString(chunk.Data.Span));
            if (output.ToString() == "word\n")
            {
                await process.SignalAsync(signal: 10, wholeGroup: false, Token);
            }
        }

        Assert.Equal(7, (await process.Completion).ExitCode);
    }

    [Fact]
    public async Task A_command_that_is_cancelled_is_ended_in_the_guest()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await using GuestProcess process = await client.StartAsync(new GuestCommand("sleep", "8765"), Token);
        await agent.UntilAsync("pgrep -f '^sleep 8765'", "the command");

        await process.CancelAsync();

        GuestCommandException end = await Assert.ThrowsAsync<GuestCommandException>(() => process.Completion);
        Assert.Equal(ErrorCode.Cancelled, end.Code);
        Assert.Equal("", await agent.ShellAsync("pgrep -f '^sleep 8765' || true"));
    }

    [Fact]
    public async Task A_program_that_the_host_brings_along_runs()
    {
        await using GuestClient client = await agent.ConnectAsync();

        RunWorkloadResult result = await client.CallAsync(
            RunWorkload.Contract, new RunWorkloadRequest("sh", "cat; exit 3", Input: "word"u8.ToArray()), Token);

        Assert.Equal((3, "word"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task What_was_arranged_for_later_is_taken_back()
    {
        PowerOptions later = new() { Delay = TimeSpan.FromHours(1) };
        await using GuestClient client = await agent.ConnectAsync();

        PowerResult shutdown = await client.Power.ShutdownAsync(later, Token);
        PowerResult reboot = await client.Power.RebootAsync(later, Token);
        ShutdownCancelResult first = await client.Power.CancelAsync(Token);
        ShutdownCancelResult second = await client.Power.CancelAsync(Token);

        Assert.True(shutdown.Initiated && reboot.Initiated);
        Assert.Equal((true, false), (first.Cancelled, second.Cancelled));
    }

    private async Task<long> GuestSecondsAsync()
        => long.Parse(await agent.ShellAsync("date +%s"), CultureInfo.InvariantCulture);
}
