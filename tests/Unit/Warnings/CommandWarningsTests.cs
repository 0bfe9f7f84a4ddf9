using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using GuestAgent.Warnings;
using Xunit;

namespace GuestAgent.Tests.Unit.Warnings;

public sealed class CommandWarningsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("/bin/sh", "any code", null)]
    [InlineData("/bin/sh", "any code", "")]
    [InlineData("/bin/bash", "any code", "-c|*")]
    [InlineData("/bin/bash", "any code", "-lc|*")]
    [InlineData("/bin/bash", "any code", "-s|x")]
    [InlineData("/usr/bin/python3.11", "any code", "*")]
    [InlineData("/usr/bin/python3", "any code", "-I|...")]
    [InlineData("/usr/bin/python3", "any code", "-")]
    [InlineData("/usr/bin/perl", "any code", "-e|print 1|*")]
    [InlineData("/usr/bin/node", "any code", "--require|*|/srv/app.js")]
    [InlineData("/usr/bin/python3", "tool.py up in the working directory", "-I|tool.py")]
    [InlineData("/usr/bin/python3", "tool.py up in the working directory", "tool.py|*")]
    [InlineData("/usr/bin/env", "any program", "*")]
    [InlineData("/usr/bin/env", "any program", "A=?|/usr/bin/true")]
    [InlineData("/usr/bin/xargs", "any program", null)]
    [InlineData("/usr/bin/timeout", "any program", "10|*")]
    [InlineData("/usr/bin/sudo", "any program", "-u|app|*")]
    [InlineData("/lib64/ld-linux-x86-64.so.2", "any program", "*")]
    [InlineData("/bin/busybox", "many programs", "*")]
    [InlineData("/bin/toybox", "many programs", null)]
    [InlineData("/usr/bin/coreutils", "many programs", "--coreutils-prog=*")]
    [InlineData("/usr/bin/systemctl", "some options", "is-active|*")]
    [InlineData("/usr/bin/systemctl", "some options", "is-active|-*")]
    [InlineData("/usr/bin/journalctl", "some options", "--no-pager|...")]
    [InlineData("/usr/bin/find", "run programs", "/srv|-name|*")]
    [InlineData("/usr/bin/tar", "run programs", "-tf|/srv/a.tar|...")]
    [InlineData("/usr/bin/git", "run programs", "-C|/srv/a|*")]
    [InlineData("/usr/bin/awk", "run programs", "*|/etc/passwd")]
    [InlineData("/usr/bin/gawk", "run programs", null)]
    [InlineData("/usr/bin/sed", "run programs", "-n|--|*")]
    [InlineData("/usr/bin/vi", "run programs", "/etc/motd|*")]
    [InlineData("/usr/bin/less", "run programs", "*")]
    [InlineData("/sbin/ip", "run programs", "-j|*")]
    [InlineData("/bin/mount", "run programs", "*|/mnt")]
    [InlineData("/bin/dd", "changes more", "if=/dev/zero|?")]
    [InlineData("/bin/cp", "changes more", "*|/srv")]
    [InlineData("/usr/bin/tee", "changes more", "...")]
    [InlineData("/bin/date", "changes more", null)]
    [InlineData("/bin/cat", "reads any file", "--|*")]
    [InlineData("/usr/bin/head", "reads any file", "-n|10|*")]
    public void A_rule_that_allows_more_than_its_program_s_purpose_is_told(string program, string what, string? args)
    {
        ConfigurationWarning warning = Assert.Single(Of(program, args));
        Assert.Equal("$.policy.commands[0]", warning.Path);
        Assert.Contains(what, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/uname", null)]
    [InlineData("/usr/bin/uptime", "*")]
    [InlineData("/bin/date", "")]
    [InlineData("/usr/bin/systemctl", "is-active|--|*")]
    [InlineData("/usr/bin/systemctl", "is-system-running")]
    [InlineData("/usr/bin/journalctl", "--no-pager|--unit=*|--lines=100")]
    [InlineData("/bin/sh", "/srv/report.sh|*")]
    [InlineData("/bin/sh", "-c|date")]
    [InlineData("/bin/sh", "-c|date|*")]
    [InlineData("/usr/bin/python3", "-I|/opt/tool.py|...")]
    [InlineData("/usr/bin/python3", "-m|json.tool")]
    [InlineData("/usr/bin/perl", "-e|print 1")]
    [InlineData("/usr/bin/perl", "-e|print 1|--|*")]
    [InlineData("/usr/bin/timeout", "10|/usr/bin/report|*")]
    [InlineData("/usr/bin/env", "")]
    [InlineData("/bin/busybox", "date")]
    [InlineData("/usr/bin/tar", "-tf|/srv/a.tar")]
    [InlineData("/bin/cat", "/etc/motd")]
    [InlineData("/bin/dd", "if=/dev/zero|of=/dev/null|count=?")]
    [InlineData("/usr/bin/md5sum", "-c")]
    public void A_rule_that_means_what_it_says_is_not(string program, string? args) => Assert.Empty(Of(program, args));

    [Fact]
    public void Any_command_is_told() => Assert.Equal(
        "$.policy.commands", Assert.Single(Of(new PolicySettings(new CommandRules(null)))).Path);

    [Theory]
    [InlineData("/var/log/app/*", true)]
    [InlineData("--output=/srv/*", true)]
    [InlineData("/var/log/app/?", false)]
    [InlineData("/var/log/app/\\*", false)]
    [InlineData("a/*", false)]
    [InlineData("*", false)]
    public void A_wildcard_behind_a_directory_leads_out_of_it(string pattern, bool isTold)
    {
        ConfigurationWarning[] warnings = Of("/usr/bin/report", "-v|" + pattern);
        Assert.Equal(isTold ? ["$.policy.commands[0].args[1]"] : [], warnings.Select(warning => warning.Path));
    }

    [Fact]
    public void A_program_is_known_by_what_it_is_as_well_as_by_what_it_is_called()
    {
        File.CreateSymbolicLink($"{_directory.Path}/report", "/usr/bin/env");
        Assert.Contains("any program", Assert.Single(Of($"{_directory.Path}/report", "*")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_one_of_many_programs_is_what_its_name_says()
    {
        _directory.Write("busybox", "", executable: true);
        File.CreateSymbolicLink($"{_directory.Path}/uptime", "busybox");
        File.CreateSymbolicLink($"{_directory.Path}/cat", "busybox");
        Assert.Empty(Of($"{_directory.Path}/uptime", "*"));
        Assert.Contains("reads any file", Assert.Single(Of($"{_directory.Path}/cat", "*")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_program_with_several_names_may_be_many()
    {
        string program = _directory.Write("swiss", "", executable: true);
        File.CreateSymbolicLink($"{_directory.Path}/army", "swiss");
        Assert.Empty(Of(program, "*"));
        File.CreateSymbolicLink($"{_directory.Path}/knife", $"{_directory.Path}/army");

        Assert.Contains("army, knife lead to swiss", Assert.Single(Of(program, "*")).Message, StringComparison.Ordinal);
        Assert.Empty(Of(program, "open|*"));
        Assert.Empty(Of($"{_directory.Path}/army", "*"));
        Assert.Empty(Of(program + "/x", "*"));
    }

    private static ConfigurationWarning[] Of(string program, string? args) => Of(new PolicySettings(new CommandRules(
        [new CommandRule(program, args?.Split('|', StringSplitOptions.RemoveEmptyEntries))])));

    private static ConfigurationWarning[] Of(PolicySettings policy) =>
        [.. CommandWarnings.Find(new WarningInput(new AgentSettings([], policy), "/etc/guest-agent/config.json"))];
}
