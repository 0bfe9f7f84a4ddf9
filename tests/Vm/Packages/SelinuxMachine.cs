using System.Text;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>
/// Is one Debian VM under SELinux with Debian's policy and the packaged module, and packages at hand. It refuses nothing yet.
/// </summary>
public sealed class SelinuxMachine : AgentMachine
{
    // The first boot labels what domains and the agent are found by, the second has the policy from its beginning. The
    // labels are coarse: a label for each of all files by the policy's own patterns takes minutes under emulation.
    private const string Label = """
        [ ! -e /etc/selinux/default ] || exit 0
        set -e
        install rpm /usr/bin
        install setfiles /usr/sbin
        ln -s setfiles /usr/sbin/restorecon
        cp -a selinux /etc
        dd if=/etc/selinux/default/policy/policy.33 of=/sys/fs/selinux/load bs=16M status=none
        label() { type=$1; shift; chcon -h "system_u:object_r:$type:s0" "$@"; }
        label root_t /
        label usr_t /usr /usr/*
        label var_t /var /srv
        label tmp_t /tmp
        label mnt_t /mnt
        label bin_t /bin /sbin
        label lib_t /lib /lib64
        label locale_t -R /usr/share/zoneinfo
        label lib_t -R /usr/lib /usr/lib64
        label bin_t -R /usr/bin /usr/sbin /usr/local
        label etc_t -R /etc
        label var_lib_t -R /var/lib
        label shadow_t /etc/shadow
        label modules_object_t -R /usr/lib/modules
        label kmod_exec_t /usr/bin/kmod
        label shell_exec_t /usr/bin/dash
        label init_exec_t /usr/lib/systemd/systemd
        label udev_exec_t /usr/bin/udevadm
        sync
        """;

    // Every kind of listener, and all operations; the policy of SELinux is what is looked at.
    private const string Everything = """
        {
          "listeners": [
            {"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"},
            {"transport": "vsock", "port": 1000, "dialect": "jsonrpc"},
            {"transport": "unix", "path": "/run/guest-agent.sock", "dialect": "jsonrpc"},
            {"transport": "unix", "path": "/var/lib/guest-agent/agent.sock", "dialect": "jsonrpc"}
          ],
          "policy": {
            "commands": "any",
            "runtimes": {"sh": {"command": "/bin/sh", "file": "main.sh", "user": "nobody"}},
            "read_paths": ["/etc/os-release", "/etc/shadow", "/srv"],
            "write_paths": ["/srv"],
            "list_processes": true,
            "signal_processes": true,
            "set_time": true
          }
        }
        """;

    private int _knownRefusals;

    protected override VirtualMachineOptions Options
        => new() { KernelParameters = "security=selinux selinux=1 enforcing=0" };

    /// <summary>Removes the agent, whatever a test before has left, and refuses nothing from then on.</summary>
    public Task EraseAsync()
        => ShellAsync(
            "echo 0 > /sys/fs/selinux/enforce; rpm -e guest-agent 2> /dev/null; dpkg --purge guest-agent && "
            + "rm -rf /etc/guest-agent /var/lib/guest-agent && systemctl daemon-reload");

    /// <summary>Has the agent refuse nothing by its own policy, and SELinux refuse what the module does not allow.</summary>
    public async Task EnforceAsync()
    {
        await ShellAsync("echo 0 > /sys/fs/selinux/enforce");
        if (await ShellAsync("test ! -e /usr/bin/guest-agent || echo there") != "there")
        {
            await ShellAsync($"dpkg -i {PackageMachine.Place}/guest-agent.deb");
        }

        await Machine.PushAsync(
            Encoding.UTF8.GetBytes(Everything), "/etc/guest-agent/config.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ShellAsync("echo 1 > /sys/fs/selinux/enforce");
        _knownRefusals = (await AllRefusalsAsync()).Length;
        await ShellAsync("systemctl restart guest-agent");
    }

    /// <summary>Gives what SELinux has refused to the agent and to its commands since then.</summary>
    public async Task<string[]> RefusedAsync() => (await AllRefusalsAsync())[_knownRefusals..];

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Machine.ResetAsync();
    }

    protected override async Task<InjectDirectory> InjectAsync()
    {
        InjectDirectory inject = new(Label);
        inject.Add("/usr/bin/rpm", "rpm");
        inject.Add("/usr/sbin/setfiles", "setfiles");
        inject.Add(PackageBuild.Find(PackageBuild.Current, "guest-agent_", "deb"), "guest-agent.deb");
        inject.Add(PackageBuild.Find(PackageBuild.Current, "guest-agent-?.", "rpm"), "guest-agent.rpm");
        inject.Add(SourceFile.Find("packaging", "systemd", "locked-down.conf"), "locked-down.conf");
        await ProgramRun.OutputAsync(
            SourceFile.Find("tests", "Vm", "scripts", "build-policy"),
            Path.Combine(inject.Path, "selinux"),
            SourceFile.Find("packaging", "selinux", "guest_agent.te"));
        return inject;
    }

    private async Task<string[]> AllRefusalsAsync()
        => (await ShellAsync(
            "journalctl --sync; journalctl -q -b -o cat _TRANSPORT=audit | grep 'denied .* scontext=[^ ]*:guest_agent' || true"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
