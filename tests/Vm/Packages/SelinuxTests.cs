using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The SELinux module in a distribution's policy, enforced by the kernel.</summary>
public sealed class SelinuxTests(SelinuxMachine guest) : IClassFixture<SelinuxMachine>
{
    private const string Domain = "system_u:system_r:guest_agent_t:s0";
    private const string CommandDomain = "system_u:system_r:guest_agent_command_t:s0";

    private const string Configuration = """
        {"listeners": [
           {"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"},
           {"transport": "vsock", "port": 1000, "dialect": "jsonrpc"}],
         "policy": {
           "commands": "any", "list_processes": true, "signal_processes": true,
           "read_paths": ["/etc/os-release"], "write_paths": ["/var/lib/guest-agent"]}}
        """;

    [Fact]
    public async Task Enforced_it_confines_the_agent_and_breaks_neither_its_operations_nor_its_commands()
    {
        await guest.Machine.ResetAsync();
        await guest.ShellAsync("dpkg -i /mnt/inject/guest-agent.deb && echo 1 > /sys/fs/selinux/enforce");
        await guest.Machine.PushAsync(Encoding.UTF8.GetBytes(Configuration), "/run/new.json", UnixFileMode.UserRead);
        await guest.ShellAsync("cat /run/new.json > /etc/guest-agent/config.json && dmesg -C && systemctl restart guest-agent");

        Assert.Equal(
            "system_u:object_r:guest_agent_exec_t:s0\nsystem_u:object_r:guest_agent_conf_t:s0\n"
            + "system_u:object_r:guest_agent_conf_t:s0\nsystem_u:object_r:guest_agent_var_lib_t:s0",
            await guest.ShellAsync("stat -c %C /usr/bin/guest-agent /etc/guest-agent /etc/guest-agent/config.json /var/lib/guest-agent"));
        Assert.Equal(Domain, await guest.ShellAsync($"tr -d '\\0' < /proc/{await guest.PidAsync()}/attr/current"));
        using RawHost host = await guest.AttachAsync();
        foreach (string? user in new[] { null, "nobody" })
        {
            JsonObject command = RawHost.Command("cat", "/proc/self/attr/current");
            command["user"] = user;
            JsonElement result = (await host.CallAsync("exec_command", command)).GetProperty("result");
            Assert.Equal(CommandDomain, result.GetProperty("stdout").GetString()!.TrimEnd('\0'));
        }

        JsonObject slow = RawHost.Command("sleep", "100");
        slow["timeout_seconds"] = 0.5;
        JsonElement ended = await host.CallAsync("exec_command", slow);
        Assert.True(ended.GetProperty("error").GetProperty("data").GetProperty("result").GetProperty("timed_out").GetBoolean());
        foreach ((string method, JsonObject? parameters) in new (string, JsonObject?)[]
            {
                ("get_system_info", null),
                ("get_network_info", null),
                ("get_disk_usage", null),
                ("process_list", null),
                ("file_read", new JsonObject { ["path"] = "/etc/os-release" }),
                ("file_write", new JsonObject { ["path"] = "/var/lib/guest-agent/x", ["content"] = "x" }),
            })
        {
            JsonElement reply = await host.CallAsync(method, parameters);
            Assert.True(reply.TryGetProperty("result", out _), $"{method}: {reply}");
        }

        Assert.Equal("1", await guest.ShellAsync("cat /sys/fs/selinux/enforce"));
        Assert.Equal("", await guest.ShellAsync("dmesg | grep 'avc: *denied' | grep 'scontext=[^ ]*:guest_agent_t:' || true"));
    }
}
