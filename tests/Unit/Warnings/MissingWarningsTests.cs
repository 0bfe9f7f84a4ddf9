using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using GuestAgent.Warnings;
using Xunit;

namespace GuestAgent.Tests.Unit.Warnings;

public sealed class MissingWarningsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Nothing_is_told_of_what_is_there()
    {
        var rule = new CommandRule("/bin/sh", User: "root", WorkingDirectories: [_directory.Path]);
        var any = new CommandRule("/bin/sh", User: "*");
        var runtime = new RuntimeRule("/bin/sh", "main.sh", User: "0", WritePaths: [_directory.Path]);
        Assert.Empty(Of([rule, any], runtime, [_directory.Path, "/etc/passwd"], [_directory.Path]));
    }

    [Fact]
    public void Each_thing_that_is_missing_is_told_with_its_place()
    {
        string nowhere = _directory["nowhere"];
        var rule = new CommandRule(nowhere, User: "nobody-of-this-name", WorkingDirectories: ["/etc", nowhere, "/etc/passwd"]);
        var runtime = new RuntimeRule(nowhere, "main.sh", User: "4000000000", Directory: nowhere, WritePaths: [nowhere]);
        Assert.Equal(
            [
                "$.policy.commands[0].path", "$.policy.commands[0].user", "$.policy.commands[0].working_directories[1]",
                "$.policy.commands[0].working_directories[2]", "$.policy.runtimes.sh.command", "$.policy.runtimes.sh.user",
                "$.policy.runtimes.sh.directory", "$.policy.runtimes.sh.write_paths[0]", "$.policy.read_paths[0]",
                "$.policy.write_paths[1]",
            ],
            Of([rule], runtime, [nowhere + "/deeper"], ["/etc", nowhere]).Select(warning => warning.Path));
    }

    [Fact]
    public void A_file_that_nobody_may_execute_is_no_program()
    {
        File.WriteAllText(_directory["data"], "");
        ConfigurationWarning[] found = Of([new CommandRule(_directory["data"]), new CommandRule("/etc")], null, [], []);
        Assert.All(found, warning => Assert.Contains(" is no program: ", warning.Message, StringComparison.Ordinal));
        Assert.Equal(2, found.Length);
    }

    [Fact]
    public void A_link_that_others_can_exchange_stands_for_nothing_and_is_told()
    {
        File.CreateSymbolicLink(_directory["sh"], "/bin/sh");
        File.CreateSymbolicLink(_directory["tree"], "/etc");
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_111_111);
        ConfigurationWarning[] found = Of([new CommandRule(_directory["sh"])], null, [_directory["tree"]], []);
        Assert.Equal(["$.policy.commands[0].path", "$.policy.read_paths[0]"], found.Select(warning => warning.Path));
        Assert.All(found, warning => Assert.Contains($"they can change {_directory.Path}: ", warning.Message, StringComparison.Ordinal));
    }

    private static ConfigurationWarning[] Of(CommandRule[] rules, RuntimeRule? runtime, string[] read, string[] write)
    {
        Dictionary<string, RuntimeRule> runtimes = runtime is null ? [] : new() { ["sh"] = runtime };
        var policy = new PolicySettings(new CommandRules(rules), read, write, Runtimes: runtimes);
        return [.. MissingWarnings.Find(new WarningInput(new AgentSettings([], policy), "/c"))];
    }
}
