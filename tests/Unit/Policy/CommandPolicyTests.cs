using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Policy;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class CommandPolicyTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public CommandPolicyTests()
    {
        // A multi-call binary, as busybox: every program is a link to it.
        Write("box");
        Link("ls", "box");
        Link("sh", "box");
        Directory.CreateSymbolicLink(At("alias"), _directory.FullName);
    }

    [Fact]
    public void Nothing_is_allowed_by_default()
    {
        Assert.Equal("policy.commands", Refusal([], At("box")));
        Assert.Equal("policy.commands", Refusal([], "/no/such/file"));
    }

    [Fact]
    public void A_rule_for_one_name_of_a_multi_call_binary_allows_no_other()
    {
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], At("ls")).Path);
        Assert.Equal("policy.commands", Refusal([new CommandRule(At("ls"))], At("sh")));
        Assert.Equal("policy.commands", Refusal([new CommandRule(At("ls"))], At("box")));
    }

    [Fact]
    public void A_rule_for_the_file_itself_allows_its_links()
    {
        Assert.Equal(At("sh"), Grant([new CommandRule(At("box"))], At("sh")).Path);
    }

    [Fact]
    public void A_path_is_resolved_before_it_is_compared()
    {
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], At("alias") + "/ls").Path);
        Assert.Equal(At("ls"), Grant([new CommandRule(At("alias") + "/ls")], At("ls")).Path);
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], $"{_directory.FullName}/x/../alias/../{_directory.Name}/ls", make: "x").Path);
        Assert.Equal("policy.commands", Refusal([new CommandRule(At("ls"))], At("ls") + "/../sh"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bin/ls")]
    [InlineData("./ls")]
    [InlineData("a\0b")]
    public void A_relative_path_is_invalid(string command)
    {
        var e = Assert.Throws<OperationException>(() => Policy(null).Authorise(new ExecCommandRequest(command)));
        Assert.Equal(ErrorCode.InvalidParameters, e.Code);
    }

    [Fact]
    public void An_allowed_program_that_is_missing_is_reported_as_missing()
    {
        foreach (CommandRule[]? rules in new CommandRule[]?[] { null, [new CommandRule("/no/such/file")] })
        {
            var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(new ExecCommandRequest("/no/such/file")));
            Assert.Equal((ErrorCode.CommandFailed, "ENOENT"), (e.Code, e.Detail!.Errno));
        }
    }

    [Theory]
    [InlineData(new[] { "-a" }, new[] { "-a" }, true)]
    [InlineData(new[] { "-a" }, new string[0], false)]
    [InlineData(new[] { "-a" }, new[] { "-a", "-b" }, false)]
    [InlineData(new[] { "-a", "..." }, new[] { "-a" }, true)]
    [InlineData(new[] { "-a", "..." }, new[] { "-a", "-b", "-c" }, true)]
    [InlineData(new[] { "-a", "..." }, new[] { "-b" }, false)]
    [InlineData(new[] { "/srv/*" }, new[] { "/srv/x/y" }, true)]
    [InlineData(new[] { "/srv/*" }, new[] { "/etc/x" }, false)]
    [InlineData(new[] { "?" }, new[] { "12" }, false)]
    [InlineData(new[] { "\\*" }, new[] { "x" }, false)]
    [InlineData(new[] { "\\*" }, new[] { "*" }, true)]
    [InlineData(new string[0], new string[0], true)]
    [InlineData(new string[0], new[] { "x" }, false)]
    public void Arguments_must_fit_the_patterns(string[] patterns, string[] arguments, bool allowed)
    {
        CommandRule[] rules = [new CommandRule(At("box"), Args: patterns)];
        var request = new ExecCommandRequest(At("box"), arguments);
        if (allowed)
        {
            Policy(rules).Authorise(request);
        }
        else
        {
            var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(request));
            Assert.Equal((ErrorCode.PermissionDenied, "policy.commands[0].args"), (e.Code, e.Detail!.Rule));
        }
    }

    [Fact]
    public void Variables_that_the_rule_does_not_name_are_refused()
    {
        CommandRule[] rules = [new CommandRule(At("box"), Env: ["LC_*"])];
        ExecCommandRequest With(string name) =>
            new(At("box"), Env: new Dictionary<string, string> { [name] = "x" });

        Policy(rules).Authorise(With("LC_ALL"));
        var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(With("LD_PRELOAD")));
        Assert.Equal("policy.commands[0].env", e.Detail!.Rule);
    }

    [Fact]
    public void The_rule_says_whom_the_command_runs_as()
    {
        ExecCommandRequest As(string? user, string? group = null) => new(At("box"), User: user, Group: group);
        CommandRule[] none = [new CommandRule(At("box"))];
        CommandRule[] nobody = [new CommandRule(At("box"), User: "nobody")];
        CommandRule[] any = [new CommandRule(At("box"), User: CommandRule.AnyUser)];

        Assert.Null(Policy(none).Authorise(As(null)).User);
        Assert.Equal("nobody", Policy(nobody).Authorise(As(null)).User);
        Assert.Equal("nobody", Policy(nobody).Authorise(As("nobody")).User);
        Assert.Equal("daemon", Policy(any).Authorise(As("daemon")).User);
        foreach ((CommandRule[] rules, ExecCommandRequest request) in new[]
        {
            (none, As("root")), (none, As(null, "root")), (nobody, As("root")), (nobody, As("nobody", "root")),
        })
        {
            var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(request));
            Assert.Equal("policy.commands[0].user", e.Detail!.Rule);
        }
    }

    [Fact]
    public void The_lowest_ceiling_holds()
    {
        CommandRule[] rules = [new CommandRule(At("box"), TimeoutSeconds: 5, MaxOutputBytes: 100)];
        CommandGrant high = Policy(rules).Authorise(new ExecCommandRequest(At("box"), TimeoutSeconds: 1e9, MaxOutputBytes: 1000));
        CommandGrant low = Policy(rules).Authorise(new ExecCommandRequest(At("box"), TimeoutSeconds: 1, MaxOutputBytes: 10));
        CommandGrant unruled = Policy(null).Authorise(new ExecCommandRequest(At("box"), TimeoutSeconds: 1e9));

        Assert.Equal((5, 100), (high.TimeLimit.TotalSeconds, high.MaxOutputBytes));
        Assert.Equal((1, 10), (low.TimeLimit.TotalSeconds, low.MaxOutputBytes));
        Assert.Equal((300, 1024 * 1024), (unruled.TimeLimit.TotalSeconds, unruled.MaxOutputBytes));
    }

    [Fact]
    public void The_first_rule_that_fits_decides()
    {
        CommandRule[] rules =
        [
            new CommandRule(At("box"), Args: ["a"], TimeoutSeconds: 1),
            new CommandRule(At("box"), Args: ["b"], TimeoutSeconds: 2),
        ];

        Assert.Equal(2, Policy(rules).Authorise(new ExecCommandRequest(At("box"), ["b"])).TimeLimit.TotalSeconds);
        var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(new ExecCommandRequest(At("box"), ["c"])));
        Assert.Equal("policy.commands[1].args", e.Detail!.Rule);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Rules_and_ceilings_are_those_in_force_when_the_command_comes()
    {
        var live = new LiveSettings(new AgentSettings([], new PolicySettings(new CommandRules(null))));
        var policy = new CommandPolicy(live);
        var request = new ExecCommandRequest("/bin/sh", TimeoutSeconds: 20);
        Assert.Equal(20, policy.Authorise(request).TimeLimit.TotalSeconds);

        live.Replace(live.Current with { Limits = new LimitSettings(MaxCommandSeconds: 5) });
        Assert.Equal(5, policy.Authorise(request).TimeLimit.TotalSeconds);

        live.Replace(new AgentSettings([]));
        Assert.Equal(ErrorCode.PermissionDenied, Assert.Throws<OperationException>(() => policy.Authorise(request)).Code);
    }

    private static CommandPolicy Policy(CommandRule[]? rules) =>
        new(new LiveSettings(new AgentSettings([], new PolicySettings(new CommandRules(rules)))));

    private static string? Refusal(CommandRule[] rules, string command)
    {
        var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(new ExecCommandRequest(command)));
        Assert.Equal(ErrorCode.PermissionDenied, e.Code);
        return e.Detail!.Rule;
    }

    private CommandGrant Grant(CommandRule[] rules, string command, string? make = null)
    {
        if (make is not null)
        {
            Directory.CreateDirectory(At(make));
        }

        return Policy(rules).Authorise(new ExecCommandRequest(command));
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private void Write(string name)
    {
        File.WriteAllText(At(name), "#!/bin/sh\n");
        File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(At(name), target);
}
