using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using GuestAgent.Warnings;
using Xunit;

namespace GuestAgent.Tests.Unit.Warnings;

/// <summary>Warnings about who can change the files behind rules, on real files.</summary>
public sealed class FileWarningsTests : IDisposable
{
    private const uint Nobody = 65534;

    // Not in /tmp, which everybody may write.
    private readonly string _directory = $"/run/guest-agent-test-{Random.Shared.NextInt64():x}";
    private readonly string _program;

    public FileWarningsTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root makes files that only root can change");
        Directory.CreateDirectory(At("bin"));
        _program = Write("bin/report", "#!" + At("interpreter") + " -x\n");
        Write("interpreter", "");
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void A_program_that_root_alone_can_change_is_not_told() => Assert.Empty(Programs(new CommandRule("/bin/true")));

    [Fact]
    public void A_directory_above_that_everybody_may_write_is_told()
    {
        using var open = new TemporaryDirectory();
        string program = open.Write("report", "", executable: true);
        string message = Assert.Single(Programs(new CommandRule(program)));
        Assert.StartsWith("every user can change /tmp, and so what this rule runs as root; ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bin", "bin")]
    [InlineData("bin/report", "bin/report")]
    [InlineData("interpreter", "interpreter")]
    public void What_a_user_owns_is_told(string owned, string told)
    {
        Chown(At(owned), Nobody);
        Assert.StartsWith($"user nobody can change {At(told)}, ", Assert.Single(Programs(new CommandRule(_program))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_the_rule_s_own_user_owns_is_not()
    {
        Chown(_program, Nobody);
        Assert.Empty(Programs(new CommandRule(_program, User: "nobody")));
        Assert.Empty(Programs(new CommandRule(_program, User: "65534")));
        Assert.NotEmpty(Programs(new CommandRule(_program, User: "daemon")));
    }

    [Theory]
    [InlineData(0b111_101_111, "every user")]
    [InlineData(0b111_111_101, "group 65534")]
    public void What_others_may_write_is_told(int mode, string who)
    {
        Chown(_program, 0, Nobody);
        File.SetUnixFileMode(_program, (UnixFileMode)mode);
        Assert.StartsWith($"{who} can change {_program}, ", Assert.Single(Programs(new CommandRule(_program))), StringComparison.Ordinal);
    }

    [Fact]
    public void Directories_of_links_on_the_way_count_too()
    {
        Directory.CreateDirectory(At("links"));
        Chown(At("links"), Nobody);
        File.CreateSymbolicLink(At("links/report"), _program);
        File.CreateSymbolicLink(At("report"), "links/report");
        Assert.StartsWith($"user nobody can change {At("links")}, ", Assert.Single(Programs(new CommandRule(At("report")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Scripts_that_are_given_to_an_interpreter_count_too()
    {
        string script = Write("tool.py", "");
        Chown(script, Nobody);
        ConfigurationWarning warning = Assert.Single(
            ProgramFileWarnings.Find(Input(new CommandRule("/usr/bin/python3", ["-I", script]))));
        Assert.Equal("$.policy.commands[0].args[1]", warning.Path);
    }

    [Fact]
    public void A_path_that_leads_nowhere_or_in_a_circle_is_no_reason_to_fail()
    {
        File.CreateSymbolicLink(At("loop"), At("loop"));
        Assert.Empty(Programs(new CommandRule(At("loop/x"))));
        Assert.Empty(Programs(new CommandRule("/nowhere/at/all")));
        Assert.Empty(Programs(new CommandRule("/bin/true/x")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/etc")]
    [InlineData("/etc/cron.d/app")]
    [InlineData("/etc/systemd/system/app.service")]
    [InlineData("/lib")]
    [InlineData("/usr/local")]
    [InlineData("/proc/sys/kernel")]
    public void A_write_tree_with_what_runs_as_root_is_told(string tree) =>
        Assert.StartsWith("reaches into /", Writes([tree])[0].Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/srv")]
    [InlineData("/etc/app.conf")]
    [InlineData("/var/lib/app")]
    [InlineData("/dev/shm/app")]
    public void A_write_tree_with_data_alone_is_not(string tree) => Assert.Empty(Writes([tree]));

    [Fact]
    public void A_write_tree_with_a_rule_s_program_interpreter_or_script_is_told_by_text_and_by_where_it_leads()
    {
        File.CreateSymbolicLink(At("link"), At("bin"));
        CommandRule[] rules = [new CommandRule(_program), new CommandRule("/usr/bin/python3", [At("script.py")])];
        Assert.Contains("of $.policy.commands[0].path", Assert.Single(Writes([At("bin")], rules)).Message, StringComparison.Ordinal);
        Assert.Contains(_program, Assert.Single(Writes([At("link")], rules)).Message, StringComparison.Ordinal);
        Assert.Contains(At("interpreter"), Assert.Single(Writes([At("interpreter")], rules)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "of $.policy.commands[1].args[0]", Assert.Single(Writes([At("script.py")], rules)).Message, StringComparison.Ordinal);
        Assert.Empty(Writes([At("data")], rules));
    }

    [Theory]
    [InlineData("bin/report", "/x", "commands[0].path")]
    [InlineData("interpreter", "/x", "commands[0].path")]
    [InlineData("script", "/usr/bin/python3", "commands[0].args[0]")]
    [InlineData("missing", "/x", "commands[0].path")]
    [InlineData("../new/deep/missing", "/x", "commands[0].path")]
    public void A_write_tree_with_a_link_on_the_way_to_what_a_rule_runs_is_told(string target, string command, string named)
    {
        Directory.CreateDirectory(At("links"));
        Directory.CreateDirectory(At("data"));
        Write("script", "");
        File.CreateSymbolicLink(At("links/it"), At(target));
        File.CreateSymbolicLink(At("it"), "links/it");
        string program = target == "interpreter" ? Write("bin/by-link", $"#!{At("it")}\n") : At("it");
        CommandRule rule = command == "/x" ? new CommandRule(program) : new CommandRule(command, [program]);

        ConfigurationWarning warning = Assert.Single(Writes([At("links"), At("data")], rule));
        Assert.Equal("$.policy.write_paths[0]", warning.Path);
        Assert.StartsWith(
            $"holds {At("it")} of $.policy.{named}, or a link on the way to it: ", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_tree_where_a_dangling_link_looks_for_a_program_is_told()
    {
        File.CreateSymbolicLink(At("it"), At("new/deep/app"));
        Assert.Single(Writes([At("new")], new CommandRule(At("it"))));
        Assert.Single(Writes([At("new/deep/app")], new CommandRule(At("it"))));
        Assert.Empty(Writes([At("new/other")], new CommandRule(At("it"))));
    }

    [Fact]
    public void A_write_tree_with_a_link_on_the_way_to_the_configuration_is_told()
    {
        Directory.CreateDirectory(At("links"));
        File.CreateSymbolicLink(At("links/etc"), At("bin"));
        File.CreateSymbolicLink(At("etc"), "links/etc");
        var settings = new AgentSettings([], new PolicySettings(WritePaths: [At("links")]), StateDirectory: "/run/none");
        Assert.StartsWith(
            "holds this configuration",
            Assert.Single(WriteTreeWarnings.Find(new WarningInput(settings, At("etc/config.json")))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_tree_with_the_configuration_or_the_state_is_told()
    {
        var settings = new AgentSettings([], new PolicySettings(WritePaths: [At("etc"), At("state")]), StateDirectory: At("state"));
        ConfigurationWarning[] warnings = [.. WriteTreeWarnings.Find(new WarningInput(settings, At("etc/config.json")))];
        Assert.Equal(
            ["$.policy.write_paths[0]", "$.policy.write_paths[1]"], warnings.Select(warning => warning.Path));
    }

    [Theory]
    [InlineData("/var/lib", "/srv", "$.policy.write_paths[0]")]
    [InlineData("/var/lib/programs", "/srv", "$.policy.write_paths[0]")]
    [InlineData("/var/lib/programs/below", "/srv", "$.policy.write_paths[0]")]
    [InlineData("/srv", "/var/lib", "$.policy.runtimes.sh.write_paths[0]")]
    [InlineData("/srv", "/var/lib/programs-too", null)]
    public void A_write_tree_with_the_directories_of_programs_is_told(string ofHosts, string ofPrograms, string? path)
    {
        var runtime = new RuntimeRule("/bin/true", "main", User: "nobody", Directory: "/var/lib/programs", WritePaths: [ofPrograms]);
        var policy = new PolicySettings(
            WritePaths: [ofHosts], Runtimes: new Dictionary<string, RuntimeRule> { ["sh"] = runtime });
        ConfigurationWarning[] warnings =
            [.. WriteTreeWarnings.Find(new WarningInput(new AgentSettings([], policy, StateDirectory: "/run/none"), "/none"))];
        Assert.Equal(path is null ? [] : [path], warnings.Select(warning => warning.Path));
        Assert.All(warnings, warning => Assert.Contains("$.policy.runtimes.sh gives programs", warning.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/etc", true)]
    [InlineData("/root", true)]
    [InlineData("/proc", true)]
    [InlineData("/proc/loadavg", false)]
    [InlineData("/etc/os-release", false)]
    [InlineData("/var/log", false)]
    public void A_read_tree_with_secrets_is_told(string tree, bool isTold)
    {
        var settings = new AgentSettings([], new PolicySettings(ReadPaths: [tree]));
        Assert.Equal(
            isTold ? ["$.policy.read_paths[0]"] : [],
            ReadTreeWarnings.Find(new WarningInput(settings, "/c")).Select(warning => warning.Path));
    }

    private string At(string name) => $"{_directory}/{name}";

    private string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        File.SetUnixFileMode(At(name), (UnixFileMode)0b111_101_101);
        return At(name);
    }

    private static void Chown(string path, uint user, uint group = 0) => Assert.Equal(0, FileCalls.chown(path, user, group));

    private static WarningInput Input(params CommandRule[] rules) =>
        new(new AgentSettings([], new PolicySettings(new CommandRules(rules))), "/etc/guest-agent/config.json");

    private static string[] Programs(CommandRule rule) =>
        [.. ProgramFileWarnings.Find(Input(rule)).Select(warning => warning.Message)];

    private static ConfigurationWarning[] Writes(string[] trees, params CommandRule[] rules) =>
        [.. WriteTreeWarnings.Find(new WarningInput(
            new AgentSettings([], new PolicySettings(new CommandRules(rules), WritePaths: trees)), "/etc/guest-agent/config.json"))];
}

/// <summary>What the framework has no word for.</summary>
internal static partial class FileCalls
{
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    [System.Runtime.InteropServices.LibraryImport("libc", StringMarshalling = System.Runtime.InteropServices.StringMarshalling.Utf8)]
    internal static partial int chown(string path, uint user, uint group);
}
