using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Guest;

/// <summary>What the agent tells of the guest, beside what the kernel tells the test.</summary>
public sealed class InfoTests
{
    [Fact]
    public async Task The_system_is_told_as_the_kernel_has_it()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject system = (await client.ExchangeAsync(Requests.Call(1, "get_system_info"))).Result();

        Assert.Equal(Read("/proc/sys/kernel/hostname"), system.Text("hostname"));
        Assert.Equal(Read("/proc/sys/kernel/osrelease"), system.Text("kernel_version"));
        Assert.Equal(Read("/proc/sys/kernel/random/boot_id"), system.Text("boot_id"));
        Assert.Equal(Memory("MemTotal"), system.Number("total_memory_kb"));
        Assert.Equal(Memory("SwapTotal"), system.Number("swap_total_kb"));
        Assert.InRange(system.Number("available_memory_kb"), 1, Memory("MemTotal"));
        Assert.Equal(
            OnlineProcessors(),
            system.Number("cpu_count"));
        Assert.Equal(
            await OutputAsync(client, "uname", "-m"), system.Text("architecture"));
        // The agent and its command have the same environment in what matters here: none names a zone.
        string offset = await OutputAsync(client, "date", "+%z");
        int sign = offset[0] == '-' ? -1 : 1;
        Assert.Equal(
            sign * ((int.Parse(offset[1..3], CultureInfo.InvariantCulture) * 3600) + (int.Parse(offset[3..5], CultureInfo.InvariantCulture) * 60)),
            system.Number("utc_offset_seconds"));
    }

    [Fact]
    public async Task Another_network_is_told_and_its_changes_are_announced()
    {
        await using RunningAgent agent = await PrivateNamespaces.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject before = (await client.ExchangeAsync(Requests.Call(1, "get_network_info"))).Result();
        Assert.Equal("lo", Loopback(before).Text("name"));
        Assert.Empty(Loopback(before)["ipv4_addresses"]!.AsArray());
        Assert.DoesNotContain("up", Loopback(before)["flags"]!.AsArray().Select(flag => flag!.GetValue<string>()));

        using RawClient watcher = await agent.ConnectAsync();
        Assert.Equal(
            """["network","mounts"]""",
            (await watcher.ExchangeAsync(Requests.Call(1, "events_subscribe"))).Result()["kinds"]!.ToJsonString());
        bool hasIpv6 = File.Exists("/proc/net/if_inet6");
        await RunAsync(client, "busybox ip link set lo up && busybox ip addr add 192.0.2.9/24 dev lo"
            + " && busybox ip route add 198.51.100.0/24 via 192.0.2.1 metric 7"
            + (hasIpv6 ? " && busybox ip -6 addr add fd00::9/64 dev lo" : ""));
        JsonObject change = await watcher.ReadAsync();
        Assert.Equal("agent_events", change.Text("method"));
        Assert.Contains("network", Kinds(change));

        JsonObject after = (await client.ExchangeAsync(Requests.Call(2, "get_network_info"))).Result();
        JsonObject loopback = Loopback(after);
        Assert.Contains("127.0.0.1/8", loopback["ipv4_addresses"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Contains("192.0.2.9/24", loopback["ipv4_addresses"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Equal(hasIpv6, loopback["ipv6_addresses"]!.AsArray().Any(a => a!.GetValue<string>() == "fd00::9/64"));
        JsonObject route = after["routes"]!.AsArray().Select(r => r!.AsObject()).Single(r => r.Text("destination") == "198.51.100.0/24");
        Assert.Equal(("192.0.2.1", "lo", 7), (route.Text("gateway"), route.Text("interface"), route.Number("metric")));
    }

    [Fact]
    public async Task A_mount_is_announced_and_told_until_the_host_wants_no_more()
    {
        await using RunningAgent agent = await PrivateNamespaces.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        using RawClient watcher = await agent.ConnectAsync();
        await watcher.ExchangeAsync(Requests.Call(1, "events_subscribe"));
        Assert.True(Watches(agent));

        await RunAsync(client, $"mount -t tmpfs none {agent.Directory.Path}");
        Assert.Contains("mounts", Kinds(await watcher.ReadAsync()));

        // Another host has come: what the first one asked for is over, with all that it took.
        await watcher.SendAsync(Requests.Call("hello", "hello", new JsonObject { ["session"] = "s" }));
        while ((await watcher.ReadAsync())["id"] is null)
        {
        }

        await Bounded.UntilAsync(() => !Watches(agent), () => "an agent that watches no mounts");
        await RunAsync(client, $"umount {agent.Directory.Path}");
        Assert.Equal("last", (await watcher.ExchangeAsync(Requests.Ping("last"))).Text("id"));
    }

    [Fact]
    public async Task A_file_system_that_does_not_answer_holds_up_nobody()
    {
        // A FUSE server that never reads a request: whoever asks the file system waits for ever.
        using TemporaryDirectory dead = new();
        await using RunningAgent agent = await PrivateNamespaces.StartAsync(
            AgentConfig.Default,
            $"exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead {dead.Path}");
        using RawClient client = await agent.ConnectAsync();
        using RawClient other = await agent.ConnectAsync();
        for (int round = 1; round <= 3; round++)
        {
            await client.SendAsync(Requests.Call(round, "get_disk_usage"));
            Assert.Equal("p", (await other.ExchangeAsync(Requests.Ping("p"))).Text("id"));
            JsonObject usage = (await client.ReadAsync()).Result();
            JsonObject row = Assert.Single(usage["unavailable"]!.AsArray(), r => r!.AsObject().Text("mount_point") == dead.Path)!.AsObject();
            Assert.Equal(("dead", "fuse", "timeout"), (row.Text("device"), row.Text("fs_type"), row.Text("reason")));
            JsonObject root = Assert.Single(usage["filesystems"]!.AsArray(), r => r!.AsObject().Text("mount_point") == "/")!.AsObject();
            Assert.Equal(new DriveInfo("/").TotalSize, root.Number("total_bytes"));
        }
    }

    [Fact]
    public async Task Telemetry_comes_to_each_host_that_wants_it_in_its_own_time()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient first = await agent.ConnectAsync();
        using RawClient second = await agent.ConnectAsync();
        using RawClient third = await agent.ConnectAsync();
        string subscribe = Requests.Call(1, "telemetry_subscribe", new JsonObject { ["interval_seconds"] = 1 });
        await first.ExchangeAsync(subscribe);
        await second.ExchangeAsync(subscribe);
        HashSet<long> times = [];
        for (int i = 0; i < 2; i++)
        {
            foreach (RawClient client in (RawClient[])[first, second])
            {
                JsonObject message = await client.ReadAsync();
                Assert.Equal("telemetry", message.Text("method"));
                JsonObject report = message["params"]!.AsObject();
                Assert.Equal(Memory("MemTotal"), report["memory"]!.AsObject().Number("total_kb"));
                Assert.InRange(report["cpu"]!["busy_percent"]!.GetValue<double>(), 0, 100);
                Assert.NotEmpty(report["cpu"]!["per_cpu"]!.AsArray());
                Assert.True(report["processes"]!.AsObject().Number("total") > 1);
                Assert.Contains(report["interfaces"]!.AsArray(), one => one!.AsObject().Text("name") == "lo");
                Assert.True(client != first || times.Add(report.Number("time_ms")));
            }
        }

        // The third host has asked for nothing and gets nothing.
        Assert.Equal("p", (await third.ExchangeAsync(Requests.Ping("p"))).Text("id"));
    }

    private static bool Watches(RunningAgent agent) => Directory.EnumerateFileSystemEntries($"/proc/{agent.Facts.Pid}/fd")
        .Any(path => new FileInfo(path).LinkTarget?.EndsWith("/mountinfo", StringComparison.Ordinal) ?? false);

    private static int OnlineProcessors() =>
        File.ReadLines("/proc/stat").Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && line[3] != ' ');

    private static JsonObject Loopback(JsonObject network) => Assert.Single(network["interfaces"]!.AsArray(),
        one => one!.AsObject().Text("name") == "lo")!.AsObject();

    private static IEnumerable<string> Kinds(JsonObject message) =>
        message["params"]!["kinds"]!.AsArray().Select(kind => kind!.GetValue<string>());

    private static async Task RunAsync(RawClient client, string script)
    {
        JsonObject result = (await client.ExchangeAsync(Requests.Shell("run", script))).Result();
        Assert.True(result.Number("exit_code") == 0, result.ToJsonString());
    }

    private static async Task<string> OutputAsync(RawClient client, string command, string argument) =>
        (await client.ExchangeAsync(Requests.Exec("run", command, [argument]))).Stdout().Trim();

    private static long Memory(string key) => long.Parse(
        File.ReadLines("/proc/meminfo").First(line => line.StartsWith(key + ":", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static string Read(string path) => File.ReadAllText(path).Trim();
}
