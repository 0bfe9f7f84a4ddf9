using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The .deb from its installation to its purge, under a real systemd.</summary>
[Collection(SharedPackageMachine.Name)]
public sealed class DebianPackageTests(PackageMachine guest)
{
    private const int PermissionDenied = -32001;

    private static readonly TimeSpan LoadPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UpgradeLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Installed_it_is_enabled_and_serves_as_its_configuration_says()
    {
        await guest.ClearAsync();
        await guest.ShellAsync($"DEBIAN_FRONTEND=noninteractive apt-get -qq install -y {PackageMachine.Place}/newer.deb");

        Assert.Equal("active\nenabled", await guest.ShellAsync("systemctl is-active guest-agent; systemctl is-enabled guest-agent"));
        // The lab's dpkg leaves documentation out.
        Assert.Equal("", await guest.ShellAsync("dpkg --verify guest-agent | grep -v /usr/share/ || true"));
        Assert.Equal("640 root root", await guest.ShellAsync("stat -c '%a %U %G' /etc/guest-agent/config.json"));
        using RawHost host = await guest.AttachAsync();
        JsonElement allowed = await host.CallAsync("exec_command", RawHost.Command("uname", "-s"));
        JsonElement refused = await host.CallAsync("exec_command", RawHost.Command("id"));
        Assert.Equal("Linux\n", allowed.GetProperty("result").GetProperty("stdout").GetString());
        Assert.Equal(PermissionDenied, refused.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Killed_it_is_back_without_the_commands_that_it_ran()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.AllowAnyCommandAsync();
        using RawHost host = await guest.AttachAsync();
        string before = Message.Instance(await host.ReceiveReadyAsync());
        await host.PostAsync("exec_command", RawHost.Command("sleep", "4321"));
        await guest.UntilAsync("pgrep -f '^sleep 4321'", "the command");

        await KillAsync(host);

        Assert.NotEqual(before, Message.Instance(host.Messages.Last(Message.IsReady)));
        Assert.Equal("", await guest.ShellAsync("pgrep -f '^sleep 4321' || true"));
    }

    [Fact]
    public async Task Killed_again_and_again_it_answers_each_time()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        using RawHost host = await guest.AttachAsync();
        await host.ReceiveReadyAsync();
        List<TimeSpan> times = [];
        // systemd gives up at the sixth start in ten seconds where the unit does not say otherwise.
        for (int i = 0; i < 7; i++)
        {
            times.Add(await KillAsync(host));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"answers after {string.Join(' ', times)}");
    }

    [Fact]
    public async Task An_agent_that_hangs_is_replaced_by_its_watchdog()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.ShellAsync(
            "mkdir -p /etc/systemd/system/guest-agent.service.d && "
            + "printf '[Service]\\nWatchdogSec=2s\\n' > /etc/systemd/system/guest-agent.service.d/watchdog.conf && "
            + "systemctl daemon-reload && systemctl restart guest-agent");
        using RawHost host = await guest.AttachAsync();
        string before = Message.Instance(await host.ReceiveReadyAsync());

        await guest.ShellAsync($"kill -STOP {await guest.PidAsync()}");

        Assert.NotEqual(before, Message.Instance(await host.ReceiveReadyAsync(UpgradeLimit)));
        await host.CallAsync("ping");
    }

    [Fact]
    public async Task After_a_reboot_it_answers_without_help()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.ShellAsync("sync");

        await guest.Machine.ResetAsync();

        using RawHost host = await guest.AttachAsync();
        await host.ReceiveReadyAsync();
        await host.CallAsync("ping");
        string ready = await guest.PropertyAsync("ActiveEnterTimestampMonotonic");
        TestContext.Current.TestOutputHelper?.WriteLine($"agent_ready {ready} microseconds after the kernel's start");
    }

    [Fact]
    public async Task An_upgrade_under_load_restarts_it_and_keeps_the_configuration()
    {
        await guest.HaveAsync(PackageMachine.Older);
        await guest.AllowAnyCommandAsync();
        string configuration = await guest.ShellAsync("sha256sum /etc/guest-agent/config.json");
        using RawHost host = await guest.AttachAsync();
        string before = Message.Instance(await host.ReceiveReadyAsync());
        string running = await host.PostAsync("exec_command", RawHost.Command("sleep", "4321"));
        await guest.UntilAsync("pgrep -f '^sleep 4321'", "the command");

        Task upgrade = guest.InstallAsync(PackageMachine.Newer);
        int answered = 0;
        while (!upgrade.IsCompleted)
        {
            answered += await TryAsync(host);
            // Load, and yet some processor for dpkg under emulation.
            await Task.Delay(LoadPause, TestContext.Current.CancellationToken);
        }

        await upgrade;
        TestContext.Current.TestOutputHelper?.WriteLine($"{answered} commands answered meanwhile");
        string after = Message.Instance(host.Messages.Last(Message.IsReady));
        await host.CallAsync("ping");
        Assert.NotEqual(before, after);
        Assert.True(answered > 0);
        // Ended in order: its host was told.
        Assert.NotNull(host.FindReply(running));
        Assert.Equal("", await guest.ShellAsync("pgrep -f '^sleep 4321' || true"));
        Assert.DoesNotContain(PackageBuild.OlderVersion, await VersionAsync(), StringComparison.Ordinal);
        Assert.Equal("active\nenabled", await guest.ShellAsync("systemctl is-active guest-agent; systemctl is-enabled guest-agent"));
        Assert.Equal(configuration, await guest.ShellAsync("sha256sum /etc/guest-agent/config.json"));
    }

    [Fact]
    public async Task An_upgrade_of_a_disabled_service_leaves_it_so()
    {
        await guest.HaveAsync(PackageMachine.Older);
        await guest.ShellAsync("systemctl disable --quiet --now guest-agent");

        await guest.InstallAsync(PackageMachine.Newer);

        Assert.Equal(
            "inactive\ndisabled",
            await guest.ShellAsync("systemctl is-active guest-agent; systemctl is-enabled guest-agent || true"));
    }

    [Fact]
    public async Task An_upgrade_that_is_a_command_of_the_agent_comes_to_its_end()
    {
        await guest.HaveAsync(PackageMachine.Older);
        await guest.AllowAnyCommandAsync();
        using RawHost host = await guest.AttachAsync();
        int before = await guest.PidAsync();
        JsonObject command = RawHost.Command("dpkg", "-i", $"{PackageMachine.Place}/newer.deb");
        command["timeout_seconds"] = UpgradeLimit.TotalSeconds;

        JsonElement reply = await host.CallAsync("exec_command", command, UpgradeLimit);

        JsonElement result = reply.GetProperty("result");
        Assert.Equal(0, result.GetProperty("exit_code").GetInt32());
        Assert.Contains("systemctl restart guest-agent", result.GetProperty("stderr").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("install ok installed", await VersionAsync(), StringComparison.Ordinal);
        Assert.Equal(before, await guest.PidAsync());
        await guest.ShellAsync("systemctl restart guest-agent");
        Assert.NotEqual(before, await guest.PidAsync());
    }

    [Fact]
    public async Task Removed_it_stops_and_purged_it_leaves_nothing()
    {
        await guest.ClearAsync();
        string before = await TracesAsync();
        await guest.InstallAsync(PackageMachine.Newer);
        Assert.NotEqual(before, await TracesAsync());

        await guest.ShellAsync("dpkg --remove guest-agent");
        Assert.Equal("", await guest.ShellAsync("pgrep -x guest-agent || true"));
        await guest.ShellAsync("test -e /etc/guest-agent/config.json");

        await guest.ShellAsync("dpkg --purge guest-agent");
        Assert.Equal(before, await TracesAsync());
        Assert.Equal("not-found", await guest.PropertyAsync("LoadState"));
    }

    /// <summary>Kills the agent and waits until one answers again.</summary>
    /// <returns>The time from before the kill to the answer.</returns>
    private async Task<TimeSpan> KillAsync(RawHost host)
    {
        int pid = await guest.PidAsync();
        long start = Stopwatch.GetTimestamp();
        await guest.ShellAsync($"kill -KILL {pid}");
        await host.ReceiveReadyAsync();
        await host.CallAsync("ping");
        return Stopwatch.GetElapsedTime(start);
    }

    private static async Task<int> TryAsync(RawHost host)
    {
        try
        {
            JsonElement reply = await host.CallAsync("exec_command", RawHost.Command("true"), TimeSpan.FromSeconds(2));
            return reply.TryGetProperty("result", out _) ? 1 : 0;
        }
        catch (TimeoutException)
        {
            // It went to an agent that was about to end.
            return 0;
        }
    }

    private Task<string> VersionAsync() => guest.ShellAsync("dpkg-query -W -f '${Status} ${Version}' guest-agent");

    // Every path with the package's name, apart from that of QEMU's.
    private Task<string> TracesAsync()
        => guest.ShellAsync(
            "find / /run -xdev -path /mnt -prune -o -path '*guest-agent*' ! -path '*qemu-guest-agent*' -print | sort");
}
