using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The packages and the agent under SELinux, with the module of <c>packaging/selinux</c>.</summary>
public sealed class SelinuxTests(SelinuxMachine guest) : IClassFixture<SelinuxMachine>
{
    private const string AgentDomain = "system_u:system_r:guest_agent_t:s0";
    private const string CommandDomain = "system_u:system_r:guest_agent_command_t:s0";
    private const int TimedOut = -32003;

    private static readonly string[] Queries = ["get_system_info", "get_network_info", "get_disk_usage", "process_list", "time_get"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("dpkg -i", "deb")]
    [InlineData("rpm -U --nodeps", "rpm")]
    public async Task Installed_files_have_their_labels_and_the_agent_its_domain(string install, string kind)
    {
        await guest.EraseAsync();
        // As left by a package that was there before the module.
        await guest.ShellAsync("mkdir /var/lib/guest-agent && chcon system_u:object_r:var_lib_t:s0 /var/lib/guest-agent");

        await guest.ShellAsync($"{install} {PackageMachine.Place}/guest-agent.{kind}");

        foreach ((string path, string type) in new[]
            {
                ("/usr/bin/guest-agent", "guest_agent_exec_t"),
                ("/etc/guest-agent", "guest_agent_conf_t"),
                ("/etc/guest-agent/config.json", "guest_agent_conf_t"),
                ("/var/lib/guest-agent", "guest_agent_var_lib_t"),
                ("/usr/lib/systemd/system/guest-agent.service", "systemd_unit_t"),
                ("/usr/lib/udev/rules.d/70-guest-agent.rules", "udev_rules_t"),
            })
        {
            Assert.Equal((path, $"system_u:object_r:{type}:s0"), (path, await guest.ShellAsync($"stat -c %C {path}")));
        }

        await guest.UntilAsync("systemctl -q is-active guest-agent", "the service");
        Assert.Equal(AgentDomain, await ContextAsync());
    }

    [Fact]
    public async Task Confined_the_agent_does_all_that_needs_no_rule_of_the_administrators()
    {
        await guest.EnforceAsync();
        using RawHost host = await guest.AttachAsync();
        Assert.Equal(AgentDomain, await ContextAsync());
        foreach (string query in Queries)
        {
            await ResultAsync(host, query);
        }

        await ResultAsync(host, "file_read", new JsonObject { ["path"] = "/etc/os-release" });
        await ResultAsync(host, "time_set");
        await ResultAsync(host, "telemetry_subscribe");
        await ResultAsync(host, "telemetry_unsubscribe");
        await guest.ShellAsync("test -S /run/guest-agent.sock && test -S /var/lib/guest-agent/agent.sock");
        Assert.False((await ResultAsync(host, "get_agent_info")).TryGetProperty("waiting", out JsonElement waiting), waiting.ToString());

        await NothingWasRefusedAsync();
    }

    [Fact]
    public async Task Commands_and_programs_of_the_host_leave_the_agents_domain_and_are_not_confined()
    {
        await guest.EnforceAsync();
        using RawHost host = await guest.AttachAsync();
        foreach (string? user in new[] { null, "nobody" })
        {
            JsonObject command = RawHost.Command("id", "-Z");
            command["user"] = user;
            Assert.Equal(CommandDomain + "\n", (await ResultAsync(host, "exec_command", command)).GetProperty("stdout").GetString());
        }

        JsonObject program = new() { ["runtime"] = "sh", ["code"] = "id -Z; id -un; mkdir made; echo text > made/file" };
        JsonElement ran = await ResultAsync(host, "run_workload", program);
        Assert.Equal((0, CommandDomain + "\nnobody\n"), (ran.GetProperty("exit_code").GetInt32(), ran.GetProperty("output").GetString()));
        Assert.DoesNotContain(await guest.LogAsync(), line => line.Contains("confined without", StringComparison.Ordinal));
        // Root's commands also have systemd's ear, of which its own policy decides.
        JsonElement state = await ResultAsync(host, "exec_command", RawHost.Command("systemctl", "is-active", "guest-agent"));
        Assert.Equal("active\n", state.GetProperty("stdout").GetString());
        JsonElement other = await ResultAsync(
            host, "exec_command", RawHost.Command("systemd-run", "-q", "--unit=other", "sleep", "4321"));
        Assert.Equal(0, other.GetProperty("exit_code").GetInt32());

        string pid = await guest.ShellAsync("systemctl show -p MainPID --value other");
        await ResultAsync(host, "process_signal", new JsonObject { ["pid"] = int.Parse(pid, CultureInfo.InvariantCulture), ["signal"] = 15 });
        // It has a cgroup, by which its daemons are found, when it has run for a tenth of a second.
        const string Line = "until grep -q command- /proc/self/cgroup; do sleep 0.05; done; setsid sh -c 'sleep 1234 & exit'; sleep 100";
        JsonObject daemon = RawHost.Command("sh", "-c", Line);
        daemon["timeout_seconds"] = 3;
        JsonElement late = await host.CallAsync("exec_command", daemon, Limit);
        Assert.Equal(TimedOut, late.GetProperty("error").GetProperty("code").GetInt32());
        await guest.UntilAsync("! pgrep -f '^sleep (1234|4321)'", "the end of both");

        await NothingWasRefusedAsync();
    }

    [Fact]
    public async Task Locked_down_it_answers_all_queries_in_its_domain()
    {
        const string Place = "/etc/systemd/system/guest-agent.service.d";
        await guest.EnforceAsync();
        await guest.ShellAsync(
            $"install -D -t {Place} {PackageMachine.Place}/locked-down.conf && systemctl daemon-reload && systemctl restart guest-agent");

        using (RawHost host = await guest.AttachAsync())
        {
            Assert.Equal(AgentDomain, await ContextAsync());
            foreach (string query in Queries)
            {
                await ResultAsync(host, query);
            }
        }

        await NothingWasRefusedAsync();

        await guest.ShellAsync($"rm -r {Place} && systemctl daemon-reload");
    }

    [Fact]
    public async Task What_its_own_policy_allows_and_the_module_does_not_is_refused_to_the_agent_and_put_on_record()
    {
        await guest.EnforceAsync();
        using RawHost host = await guest.AttachAsync();

        JsonElement secret = await host.CallAsync("file_read", new JsonObject { ["path"] = "/etc/shadow" });
        JsonElement written = await host.CallAsync("file_write", new JsonObject { ["path"] = "/srv/file", ["content"] = "text" });

        foreach (JsonElement reply in new[] { secret, written })
        {
            Assert.Contains("EACCES", reply.GetProperty("error").GetRawText(), StringComparison.Ordinal);
        }

        string[] refused = await guest.RefusedAsync();
        Assert.Contains(refused, line => line.Contains("shadow_t", StringComparison.Ordinal));
        Assert.Contains(refused, line => line.Contains("var_t", StringComparison.Ordinal));
        await guest.ShellAsync("test ! -e /srv/file");
    }

    /// <summary>Gives the result of a call that has to succeed.</summary>
    private static async Task<JsonElement> ResultAsync(RawHost host, string method, JsonObject? parameters = null)
    {
        JsonElement reply = await host.CallAsync(method, parameters, Limit);
        Assert.True(reply.TryGetProperty("result", out JsonElement result), $"{method}: {reply.GetRawText()}");
        return result;
    }

    private async Task NothingWasRefusedAsync()
    {
        string[] refused = await guest.RefusedAsync();
        Assert.True(refused.Length == 0, string.Join('\n', refused));
    }

    private async Task<string> ContextAsync() => await guest.ShellAsync($"tr -d '\\0' < /proc/{await guest.PidAsync()}/attr/current");
}
