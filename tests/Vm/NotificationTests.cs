using System.Globalization;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>What the agent sends unasked over virtio-serial.</summary>
[Collection(SharedMachine.Name)]
public sealed class NotificationTests(AgentMachine agent)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Telemetry_tells_of_the_guest_that_is_there()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await using IAsyncEnumerator<TelemetryReport> reports =
            client.WatchTelemetryAsync(TimeSpan.FromSeconds(1), Token).GetAsyncEnumerator(Token);

        TelemetryReport first = await NextAsync(reports);
        TelemetryReport second = await NextAsync(reports);

        Assert.Equal(await agent.ShellAsync("nproc"), first.Cpu.PerCpu.Count.ToString(CultureInfo.InvariantCulture));
        Assert.InRange(first.Cpu.BusyPercent, 0, 100);
        Assert.InRange(first.Memory.AvailableKb, 1, first.Memory.TotalKb);
        Assert.Contains(first.Disks, disk => disk is { Name: "vda", ReadBytes: > 0 });
        Assert.Contains(first.Filesystems, one => one.MountPoint == "/");
        Assert.Contains(first.Interfaces, one => one.Name == "lo");
        Assert.InRange(first.Processes.Total, 10, 10_000);
        Assert.InRange(second.UptimeSeconds, first.UptimeSeconds, first.UptimeSeconds + 60);
        Assert.True(second.TimeMs > first.TimeMs);
    }

    [Fact]
    public async Task A_new_interface_and_a_new_mount_are_told_as_they_come_and_as_they_go()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await using IAsyncEnumerator<AgentEvents> events = client.WatchEventsAsync(Token).GetAsyncEnumerator(Token);
        Task<AgentEvents> next = NextAsync(events);
        // The watcher's own subscription is answered to the library alone; when this one is, there is one for certain.
        EventsSubscribeResult subscribed = await client.CallAsync(EventsSubscribe.Contract, new EventsSubscribeRequest(), Token);
        Assert.Equal(["mounts", "network"], subscribed.Kinds.Order(StringComparer.Ordinal));

        await agent.ShellAsync("ip link add seen type dummy");
        next = await PassAsync("network", next);
        await agent.ShellAsync("mkdir -p /run/seen && mount -t tmpfs seen /run/seen");
        next = await PassAsync("mounts", next);
        await agent.ShellAsync("umount /run/seen");
        next = await PassAsync("mounts", next);
        await agent.ShellAsync("ip link del seen");
        await UntilToldAsync("network", next);

        async Task<Task<AgentEvents>> PassAsync(string kind, Task<AgentEvents> one)
        {
            await UntilToldAsync(kind, one);
            return NextAsync(events);
        }

        async Task UntilToldAsync(string kind, Task<AgentEvents> one)
        {
            while (!(await one).Kinds.Contains(kind))
            {
                one = NextAsync(events);
            }
        }
    }

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<T> notifications)
    {
        Assert.True(await notifications.MoveNextAsync().AsTask().WaitAsync(Limit, Token));
        return notifications.Current;
    }
}
