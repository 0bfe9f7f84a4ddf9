using GuestAgent.Policy;
using GuestAgent.Power;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Power;

/// <summary>Which way a guest is powered off, by what is in its root directory.</summary>
public sealed class PowerCommandTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Systemd_is_asked_when_it_runs()
    {
        Directory.CreateDirectory(Path.Combine(_root.Path, "run/systemd/system"));
        AddTools("usr/bin/systemctl", "sbin/shutdown", "sbin/poweroff");
        Assert.Equal("/usr/bin/systemctl --no-wall poweroff", Find(PowerAction.PowerOff));
        Assert.Equal("/usr/bin/systemctl --no-wall reboot", Find(PowerAction.Reboot));
        Assert.Equal("/usr/bin/systemctl --no-wall --force poweroff", Find(PowerAction.PowerOff, force: true));
        Assert.Equal("/usr/bin/systemctl --no-wall --force reboot", Find(PowerAction.Reboot, force: true));
    }

    [Fact]
    public void Systemd_that_is_only_installed_is_not_asked()
    {
        AddTools("usr/bin/systemctl");
        Assert.Null(Find(PowerAction.PowerOff));
    }

    [Theory]
    [InlineData("init", "/bin/busybox poweroff", "/bin/busybox reboot")]
    [InlineData("/sbin/init", "/bin/busybox poweroff", "/bin/busybox reboot")]
    [InlineData("/linuxrc", "/bin/busybox poweroff", "/bin/busybox reboot")]
    [InlineData("/bin/sh\0/init", null, null)]
    [InlineData("sh", null, null)]
    public void Busybox_is_asked_when_it_is_the_init_and_not_a_shell(string arguments, string? off, string? again)
    {
        SetInit("/bin/busybox", arguments);
        AddTools("bin/busybox", "sbin/poweroff", "sbin/reboot");
        Assert.Equal(off, Find(PowerAction.PowerOff));
        Assert.Equal(again, Find(PowerAction.Reboot));
        Assert.Null(Find(PowerAction.PowerOff, force: true));
    }

    [Fact]
    public void Sysvinit_is_asked_through_shutdown_when_its_pipe_is_there()
    {
        SetInit("/sbin/init", "init [2]");
        AddTools("sbin/shutdown");
        Assert.Null(Find(PowerAction.PowerOff));
        AddTools("run/initctl");
        Assert.Equal("/sbin/shutdown -h -P now", Find(PowerAction.PowerOff));
        Assert.Equal("/sbin/shutdown -r now", Find(PowerAction.Reboot));
        Assert.Null(Find(PowerAction.Reboot, force: true));
    }

    [Theory]
    [InlineData("/sbin/openrc-init", "/sbin/openrc-shutdown --poweroff now", "/sbin/openrc-shutdown --reboot now")]
    [InlineData("/usr/bin/runit", "/sbin/poweroff", "/sbin/reboot")]
    [InlineData("/sbin/procd", "/sbin/poweroff", "/sbin/reboot")]
    [InlineData("/usr/bin/dinit (deleted)", "/sbin/poweroff", "/sbin/reboot")]
    [InlineData("/usr/local/bin/guest-agent", null, null)]
    [InlineData("/opt/workload", null, null)]
    public void Other_inits_are_asked_by_their_own_tools_and_what_is_none_is_not(string init, string? off, string? again)
    {
        SetInit(init, init);
        AddTools("sbin/openrc-shutdown", "sbin/poweroff", "sbin/reboot", "sbin/shutdown", "run/initctl");
        Assert.Equal(off, Find(PowerAction.PowerOff));
        Assert.Equal(again, Find(PowerAction.Reboot));
    }

    [Fact]
    public void An_init_without_its_tool_and_a_root_without_anything_leave_the_kernel()
    {
        Assert.Null(Find(PowerAction.PowerOff));
        SetInit("/sbin/openrc-init", "/sbin/openrc-init");
        Assert.Null(Find(PowerAction.Reboot));
    }

    private string? Find(PowerAction action, bool force = false) =>
        PowerCommand.Find(_root.Path, action, force) is { } command ? string.Join(' ', command) : null;

    private void AddTools(params string[] paths)
    {
        foreach (string path in paths.Select(path => Path.Combine(_root.Path, path)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    private void SetInit(string program, string arguments)
    {
        string process = Directory.CreateDirectory(Path.Combine(_root.Path, "proc/1")).FullName;
        File.CreateSymbolicLink(Path.Combine(process, "exe"), program);
        File.WriteAllText(Path.Combine(process, "cmdline"), arguments + "\0");
    }
}
