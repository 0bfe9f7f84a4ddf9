using System.Text;
using System.Text.Json;
using GuestAgent.Dialects;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

public sealed class SettingsTests
{
    private const string Unix = """{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}""";

    private static readonly HashSet<string> Operations = ["ping", "exec_command"];

    [Fact]
    public void Every_fault_of_shape_is_listed_with_its_path()
    {
        string[] faults = Faults("""
            {
              "listeners": [ {"transport":"unix","dialect":"jsonrpc","pth":1}, {"transport":"pigeon"}, {"dialect":"x"}, 7 ],
              "policy": { "commands": [ {"path":5}, {"args":[]} ], "read_paths": "/", "comands": "any" },
              "policy": {},
              "limits": { "max_message_bytes": "big", "max_connections": 1.5 }
            }
            """);

        Assert.Equal(
            [
                "$.limits.max_connections", "$.limits.max_message_bytes", "$.listeners[0].path", "$.listeners[0].pth",
                "$.listeners[1].transport", "$.listeners[2].transport", "$.listeners[3]", "$.policy",
                "$.policy.comands", "$.policy.commands[0].path", "$.policy.commands[1].path", "$.policy.read_paths",
            ],
            faults);
    }

    [Theory]
    [InlineData("""{"listeners":[],"listeners":[{"transport":"","":""}]}""", "$.listeners")]
    [InlineData("""{"listeners":[{"transport":"unix","path":"/a","dialect":"jsonrpc"}],"policy":{},"policy":{"runtimes":{"d":null}}}""", "$.policy")]
    [InlineData("""{"listeners":[{"transport":"unix","path":"/a","dialect":"jsonrpc"}],"limits":{},"limits":{"max_uploads":"x"}}""", "$.limits")]
    [InlineData("""{"listeners":[{"transport":"unix","path":"/a","dialect":"jsonrpc"}],"policy":{"commands":[],"commands":[7]}}""", "$.policy.commands")]
    public void Of_a_member_that_is_given_twice_that_is_the_fault(string json, string path) => Assert.Contains(path, Faults(json));

    [Theory]
    [InlineData("\"policy\":{\"commands\":[{\"path\":\"/a\",\"timeout_seconds\":1e400}]}", "$.policy.commands[0].timeout_seconds")]
    [InlineData("\"limits\":{\"max_command_seconds\":-1e400}", "$.limits.max_command_seconds")]
    public void A_number_beyond_all_bounds_is_none(string part, string path) =>
        Assert.Equal([path], Faults($"{{\"listeners\":[{Unix}],{part}}}"));

    [Fact]
    public void Every_senseless_value_is_listed_with_its_path()
    {
        string[] faults = Faults("""
            {
              "listeners": [
                {"transport":"unix","path":"relative","dialect":"morse","mode":"0999"},
                {"transport":"virtio-serial","port":"a/b","dialect":"jsonrpc","operations":["ping","fly"]},
                {"transport":"virtio-serial","port":"a/b","dialect":"jsonrpc"},
                {"transport":"virtio-serial","port":"a","dialect":"workload"}
              ],
              "policy": { "commands": [ {"path":"ls","args":["...","x"],"user":"","timeout_seconds":-1} ], "write_paths": ["tmp"] },
              "limits": { "max_output_bytes": 100000000, "max_connections": 0 }
            }
            """);

        Assert.Equal(
            [
                "$.limits.max_connections", "$.limits.max_output_bytes", "$.listeners[0].dialect", "$.listeners[0].mode",
                "$.listeners[0].path", "$.listeners[1].operations[1]", "$.listeners[1].port", "$.listeners[2]",
                "$.listeners[2].port", "$.listeners[3].dialect", "$.policy.commands[0].args[0]", "$.policy.commands[0].path",
                "$.policy.commands[0].timeout_seconds", "$.policy.commands[0].user", "$.policy.write_paths[0]",
            ],
            faults);
    }

    [Theory]
    [InlineData("\"max_message_bytes\":65536", 65536, 5290)]
    [InlineData("\"max_memory_bytes\":4194304", 559262, 46434)]
    [InlineData("\"max_output_bytes\":1000", 16 * 1024 * 1024, 1000)]
    [InlineData("\"max_message_bytes\":65536,\"max_output_bytes\":0", 65536, 0)]
    public void A_default_gives_way_to_what_is_written(string limits, int message, int output)
    {
        LimitSettings inForce = Parse($"{{\"listeners\":[{Unix}],\"limits\":{{{limits}}}}}").In(1L << 40).Limits;
        Assert.Equal((message, output), (inForce.MaxMessageBytes, inForce.MaxOutputBytes));
    }

    [Theory]
    [InlineData("\"max_output_bytes\":2000000", "$.limits.max_output_bytes", "set max_message_bytes, 16777216 by default")]
    [InlineData(
        "\"max_message_bytes\":65536,\"max_output_bytes\":5291", "$.limits.max_output_bytes", "must be from 0 to 5290, so that a result")]
    [InlineData("\"max_output_bytes\":-1", "$.limits.max_output_bytes", "must be from 0 to")]
    [InlineData(
        "\"max_message_bytes\":16777216,\"max_memory_bytes\":4194304", "$.limits.max_memory_bytes", "too little for max_message_bytes")]
    public void Limits_that_do_not_go_together_are_a_fault_of_what_is_written(string limits, string path, string says)
    {
        var e = Assert.Throws<SettingsException>(() => Parse($"{{\"listeners\":[{Unix}],\"limits\":{{{limits}}}}}"));
        SettingsFault fault = Assert.Single(e.Faults);
        Assert.Equal(path, fault.Path);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vsock_listener_takes_connections_of_the_host_alone_unless_others_are_named()
    {
        AgentSettings settings = Parse("""
            {"listeners":[
              {"transport":"vsock","port":1000,"dialect":"jsonrpc"},
              {"transport":"vsock","port":1001,"dialect":"jsonrpc","allow_cids":[1,7]},
              {"transport":"vsock-connect","port":1000,"dialect":"jsonrpc"}]}
            """);

        VsockListenerSettings[] listeners = [.. settings.Listeners.OfType<VsockListenerSettings>()];
        Assert.Equal([2u], listeners[0].AllowCids);
        Assert.Equal([1u, 7u], listeners[1].AllowCids);
        Assert.Equal(2u, Assert.Single(settings.Listeners.OfType<VsockConnectSettings>()).Cid);
        string printed = JsonSerializer.Serialize(settings, SettingsJson.Default.AgentSettings);
        Assert.Equal(printed, JsonSerializer.Serialize(Parse(printed), SettingsJson.Default.AgentSettings));
        Assert.Contains("\"allow_cids\"", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_that_stand_for_anybody_are_no_addresses()
    {
        Assert.Equal(
            [
                "$.listeners[0].port", "$.listeners[1].allow_cids", "$.listeners[2].allow_cids[1]", "$.listeners[3].cid",
                "$.listeners[3].port", "$.listeners[4]",
            ],
            Faults("""
                {"listeners":[
                  {"transport":"vsock","port":0,"dialect":"jsonrpc"},
                  {"transport":"vsock","port":1,"dialect":"jsonrpc","allow_cids":[]},
                  {"transport":"vsock","port":2,"dialect":"jsonrpc","allow_cids":[2,4294967295]},
                  {"transport":"vsock-connect","port":4294967295,"cid":4294967295,"dialect":"jsonrpc"},
                  {"transport":"vsock","port":2,"dialect":"jsonrpc"}]}
                """));
        Assert.Equal(
            ["$.listeners[0].allow_cids[0]", "$.listeners[0].port"],
            Faults("""{"listeners":[{"transport":"vsock","port":-1,"dialect":"jsonrpc","allow_cids":["2"]}]}"""));
    }

    [Fact]
    public void Runtimes_are_checked_one_by_one_and_have_their_defaults()
    {
        Assert.Equal(
            [
                "$.policy.runtimes.a.args", "$.policy.runtimes.a.command", "$.policy.runtimes.a.directory",
                "$.policy.runtimes.a.file", "$.policy.runtimes.a.max_files", "$.policy.runtimes.a.user",
                "$.policy.runtimes.b.comand", "$.policy.runtimes.b.command", "$.policy.runtimes.c", "$.policy.runtimes.d",
            ],
            Faults("""
                {"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],
                 "policy":{"runtimes":{
                   "a":{"command":"sh","file":"../x","args":["-c"],"user":"*","directory":"tmp","max_files":0},
                   "b":{"comand":"/bin/sh","file":"x"},
                   "c":7,
                   "d":{"command":"/bin/sh","file":"x"},
                   "d":{"command":"/bin/sh","file":"x"}}}}
                """));
        RuntimeRule rule = Parse("""
            {"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],
             "policy":{"runtimes":{"sh":{"command":"/bin/sh","file":"main.sh"}}}}
            """).Policy.Runtimes["sh"];
        Assert.Equal(["{file}"], rule.Args);
        Assert.Equal(("/tmp", null), (rule.Directory, rule.User));
        Assert.Equal(("best-effort", "shared", false), (rule.Confinement, rule.Network, rule.NewPrivileges));
    }

    [Fact]
    public void Confinements_are_checked_one_by_one()
    {
        Assert.Equal(
            [
                "$.policy.runtimes.a.confinement", "$.policy.runtimes.a.cpu_percent", "$.policy.runtimes.a.max_processes",
                "$.policy.runtimes.a.memory_bytes", "$.policy.runtimes.a.network", "$.policy.runtimes.a.new_privileges",
                "$.policy.runtimes.b.confinement", "$.policy.runtimes.b.cpu_percent", "$.policy.runtimes.b.max_processes",
                "$.policy.runtimes.b.memory_bytes", "$.policy.runtimes.b.network", "$.policy.runtimes.b.write_paths[0]",
                "$.policy.runtimes.b.write_paths[1]", "$.policy.runtimes.b.write_paths[2]",
                "$.policy.runtimes.c.cpu_percent", "$.policy.runtimes.c.max_processes", "$.policy.runtimes.c.memory_bytes",
                "$.policy.runtimes.c.network",
            ],
            Faults("""
                {"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}],
                 "policy":{"runtimes":{
                   "a":{"command":"/bin/sh","file":"x","confinement":1,"network":false,"new_privileges":"yes",
                        "memory_bytes":"1G","max_processes":1.5,"cpu_percent":"all"},
                   "b":{"command":"/bin/sh","file":"x","confinement":"Required","network":"off","directory":"/srv/work",
                        "memory_bytes":16777215,"max_processes":0,"cpu_percent":0,
                        "write_paths":["cache","/tmp/cache","/srv/work/cache","/srv/workers"]},
                   "c":{"command":"/bin/sh","file":"x","confinement":"none","network":"none",
                        "memory_bytes":16777216,"max_processes":1,"cpu_percent":1}}}}
                """));
    }

    [Theory]
    [InlineData("\"ANY\"")]
    [InlineData("\"all\"")]
    [InlineData("true")]
    [InlineData("{}")]
    public void Only_the_exact_word_allows_every_command(string commands)
    {
        Assert.Equal(["$.policy.commands"], Faults("{\"listeners\":[" + Unix + "],\"policy\":{\"commands\":" + commands + "}}"));
    }

    [Fact]
    public void What_is_not_said_is_refused_or_has_its_default()
    {
        AgentSettings settings = Parse("{ /* comment */ \"listeners\": [ " + Unix + ", ] }");

        Assert.False(settings.Policy.Commands.Any);
        Assert.Empty(settings.Policy.Commands.Rules!);
        Assert.Equal(new LimitSettings(), settings.Limits);
        var unix = Assert.IsType<UnixListenerSettings>(Assert.Single(settings.Listeners));
        Assert.Equal(("0600", true, null), (unix.Mode, unix.Announce, unix.Operations));
    }

    [Fact]
    public void The_printed_configuration_reads_as_the_same_one()
    {
        AgentSettings settings = Parse("""
            {"listeners":[{"dialect":"jsonrpc","port":"org.x.0","transport":"virtio-serial","operations":["ping"]}],
             "policy":{"commands":[{"path":"/bin/ls","args":["-l","..."],"user":"*"}],"read_paths":["/etc"]}}
            """);
        string printed = JsonSerializer.Serialize(settings, SettingsJson.Default.AgentSettings);

        Assert.Equal(printed, JsonSerializer.Serialize(Parse(printed), SettingsJson.Default.AgentSettings));
        Assert.Contains("\"max_message_bytes\"", printed, StringComparison.Ordinal);
        Assert.Contains("\"transport\": \"virtio-serial\"", printed, StringComparison.Ordinal);
    }

    private static AgentSettings Parse(string json) => SettingsFile.Parse(Encoding.UTF8.GetBytes(json), Operations, DialectTable.Default.Traits);

    [Theory]
    [InlineData("""{"transport":"vsock","port":1,"dialect":"jsonrpc","allow_cids":[3],"operations":["ping"]}""", true)]
    [InlineData("""{"transport":"vsock","port":1,"dialect":"jsonrpc","allow_cids":[2],"announce":false}""", false)]
    [InlineData("""{"transport":"vsock","port":2,"dialect":"jsonrpc","allow_cids":[2]}""", false)]
    [InlineData("""{"transport":"vsock-connect","port":1,"dialect":"jsonrpc"}""", false)]
    public void A_listener_stays_open_when_nothing_else_changes_than_whom_and_what_it_serves(string other, bool stays)
    {
        ListenerSettings listener = Listener("""{"transport":"vsock","port":1,"dialect":"jsonrpc","allow_cids":[2]}""");

        Assert.Equal(stays, listener.CanBecome(Listener(other)));
        Assert.Equal(stays, Listener(other).CanBecome(listener));
    }

    private static ListenerSettings Listener(string json) =>
        JsonSerializer.Deserialize(json, SettingsJson.Default.ListenerSettings)!;

    private static string[] Faults(string json)
    {
        IReadOnlyList<SettingsFault> faults = Assert.Throws<SettingsException>(() => Parse(json)).Faults;
        return [.. faults.Select(fault => fault.Path).Order(StringComparer.Ordinal)];
    }
}
