using GuestAgent.Settings;
using GuestAgent.Warnings;
using Xunit;

namespace GuestAgent.Tests.Unit.Warnings;

public sealed class OtherWarningsTests
{
    [Theory]
    [InlineData("*", true)]
    [InlineData("LD_*", true)]
    [InlineData("PYTHON*", true)]
    [InlineData("?ATH", true)]
    [InlineData("BASH_ENV", true)]
    [InlineData("NODE_*", true)]
    [InlineData("GCONV_PATH", true)]
    [InlineData("LC_*", false)]
    [InlineData("APP_*", false)]
    [InlineData("LANG", false)]
    [InlineData("ld_preload", false)]
    public void Variables_by_which_a_program_becomes_another_are_told(string pattern, bool isTold)
    {
        var rule = new CommandRule("/usr/bin/uname", [], ["TERM", pattern]);
        Assert.Equal(
            isTold ? ["$.policy.commands[0].env[1]"] : [],
            EnvironmentWarnings.Find(Input(new PolicySettings(new CommandRules([rule])))).Select(warning => warning.Path));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("root", true)]
    [InlineData("0", true)]
    [InlineData("nobody", false)]
    [InlineData("65534", false)]
    [InlineData("nobody-of-this-name", false)]
    public void Runtimes_as_root_are_told(string? user, bool isTold)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without a user a runtime has the agent's");
        var policy = new PolicySettings(Runtimes: new Dictionary<string, RuntimeRule> { ["sh"] = new("/bin/sh", "main.sh", User: user) });
        Assert.Equal(isTold ? 1 : 0, RuntimeWarnings.Find(Input(policy)).Count());
    }

    [Theory]
    [InlineData("0666", true)]
    [InlineData("0662", true)]
    [InlineData("0660", false)]
    [InlineData("0600", false)]
    public void Sockets_that_every_user_may_use_are_told(string mode, bool isTold) => Assert.Equal(
        isTold ? ["$.listeners[0].mode"] : [], Of(new UnixListenerSettings("/run/a.sock", "jsonrpc", mode)));

    [Fact]
    public void Vsock_that_every_process_of_the_guest_may_use_is_told()
    {
        Assert.Equal(["$.listeners[0].allow_cids"], Of(new VsockListenerSettings(1000, "jsonrpc", [2, 1])));
        Assert.Empty(Of(new VsockListenerSettings(1000, "jsonrpc")));
    }

    [Fact]
    public void All_kinds_are_looked_for()
    {
        var policy = new PolicySettings(
            new CommandRules([new CommandRule("/bin/sh", null, ["*"])]),
            ["/"],
            ["/"],
            Runtimes: new Dictionary<string, RuntimeRule> { ["sh"] = new("/bin/sh", "main.sh", User: "0") });
        var settings = new AgentSettings([new UnixListenerSettings("/run/a.sock", "jsonrpc", "0666")], policy);
        IEnumerable<string> paths = ConfigurationWarnings.Of(settings, "/etc/guest-agent/config.json").Select(warning => warning.Path);
        Assert.Equal(
            [
                "$.listeners[0].mode", "$.policy.commands[0]", "$.policy.commands[0].env[0]", "$.policy.runtimes.sh.user",
                "$.policy.read_paths[0]", "$.policy.write_paths[0]",
            ],
            paths.Distinct());
    }

    private static IEnumerable<string> Of(ListenerSettings listener) =>
        ListenerWarnings.Find(new WarningInput(new AgentSettings([listener]), "/c")).Select(warning => warning.Path);

    private static WarningInput Input(PolicySettings policy) => new(new AgentSettings([], policy), "/c");
}
