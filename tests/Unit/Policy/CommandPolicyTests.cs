using GuestAgent.Accounts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class CommandPolicyTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly Children _children = new();

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
    public void A_rule_for_a_file_does_not_allow_links_to_it()
    {
        Assert.Equal("policy.commands", Refusal([new CommandRule(At("box"))], At("sh")));
    }

    [Fact]
    public void A_directory_that_is_a_link_stands_for_where_it_leads()
    {
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], At("alias") + "/ls").Path);
        Assert.Equal(At("alias/ls"), Grant([new CommandRule(At("alias") + "/ls")], At("ls")).Path);
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], $"/.{_directory.FullName}//ls").Path);
    }

    [Fact]
    public void The_program_is_told_the_name_that_the_rule_has_and_with_any_the_name_that_the_request_has()
    {
        Assert.Equal("/bin/sh", Grant([new CommandRule("/bin/sh")], "sh").Name);
        Assert.Equal(At("ls"), Grant([new CommandRule(At("ls"))], At("alias") + "/ls").Name);
        Assert.Equal("sh", Policy(null).Authorise(new ExecCommandRequest("sh")).Name);
    }

    [Fact]
    public void Where_others_can_change_the_way_the_program_is_held_and_a_script_refused()
    {
        Directory.CreateDirectory(At("open"));
        File.SetUnixFileMode(At("open"), (UnixFileMode)0x1FF);
        File.Copy("/bin/true", At("open/true"));
        File.WriteAllText(At("open/script"), "#!/bin/sh\n");
        File.SetUnixFileMode(At("open/script"), (UnixFileMode)0x1ED);
        CommandRule[] rules = [new CommandRule(At("open/true")), new CommandRule(At("open/script")), new CommandRule("/bin/true")];

        using (CommandGrant held = Grant(rules, At("open/true")))
        {
            Assert.True(FileStatus.Of(held.Program!).IsSameFileAs(FileStatus.At(At("open/true"))!.Value));
        }

        Assert.Null(Grant(rules, "/bin/true").Program);
        Assert.Equal("policy.commands[1].path", Refusal(rules, At("open/script")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bin/ls")]
    [InlineData("./ls")]
    [InlineData("a\0b")]
    [InlineData("/bin/../bin/ls")]
    public void A_path_is_absolute_and_has_no_way_up(string command)
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
        CommandRule[] none = [new CommandRule(At("box"))];
        CommandRule[] nobody = [new CommandRule(At("box"), User: "nobody")];
        CommandRule[] any = [new CommandRule(At("box"), User: CommandRule.AnyUser)];

        Assert.Null(Policy(none).Authorise(As(null)).User);
        Assert.Equal("nobody", Policy(nobody).Authorise(As(null)).User);
        Assert.Equal("nobody", Policy(nobody).Authorise(As("nobody")).User);
        Assert.Equal("daemon", Policy(any).Authorise(As("daemon")).User);
        foreach ((CommandRule[] rules, ExecCommandRequest request) in new[]
        {
            (none, As("nobody")), (none, As(null, "nogroup")), (nobody, As("root")), (nobody, As("nobody", "root")),
        })
        {
            var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(request));
            Assert.Equal("policy.commands[0].user", e.Detail!.Rule);
        }
    }

    [Theory]
    [InlineData("app", "5000", null)]
    [InlineData("5000", "app", "apps")]
    [InlineData("app", "05000", "5001")]
    [InlineData("app", "app", "5001")]
    [InlineData("app", null, "apps")]
    [InlineData("remote", "6000", null)]
    [InlineData("6000", "remote", null)]
    [InlineData("remote", null, "6001")]
    public void Accounts_are_compared_however_they_are_written_and_named_as_the_rule_does(string rule, string? user, string? group)
    {
        using CommandGrant grant = Policy([new CommandRule(At("box"), User: rule)]).Authorise(As(user, group));
        Assert.Equal((rule, null), (grant.User, grant.Group));
    }

    [Theory]
    [InlineData("app", "5001", null)]
    [InlineData("app", "remote", null)]
    [InlineData("app", "app", "root")]
    [InlineData("app", "root", null)]
    [InlineData("6000", "app", null)]
    public void Another_account_is_refused_however_it_is_written(string rule, string? user, string? group)
    {
        var e = Assert.Throws<OperationException>(
            () => Policy([new CommandRule(At("box"), User: rule)]).Authorise(As(user, group)));
        Assert.Equal("policy.commands[0].user", e.Detail!.Rule);
    }

    // CVE-2019-14287: sudo took -1 and its unsigned form for root.
    [Theory]
    [InlineData("-1", null, "user")]
    [InlineData("4294967295", null, "user")]
    [InlineData("+0", null, "user")]
    [InlineData("0x0", null, "user")]
    [InlineData(" 0", null, "user")]
    [InlineData("root\n", null, "user")]
    [InlineData("missing", null, "user")]
    [InlineData(null, "-1", "group")]
    public void What_is_no_account_is_told_so(string? user, string? group, string field)
    {
        var e = Assert.Throws<OperationException>(() => Policy([new CommandRule(At("box"))]).Authorise(As(user, group)));
        Assert.Equal((ErrorCode.NotFound, "account", field), (e.Code, e.Detail!.Rule, e.Detail.Field));
    }

    [Fact]
    public void The_agents_own_user_may_be_named_where_the_rule_names_nobody()
    {
        string own = FileStatus.EffectiveUserId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Null(Policy([new CommandRule(At("box"))]).Authorise(As(own)).User);
    }

    [Fact]
    public void A_working_directory_is_where_the_rule_allows_it()
    {
        Directory.CreateDirectory(At("in/side"));
        Directory.CreateDirectory(At("out"));
        Link("in/way-out", At("out"));
        Link("way-in", At("in"));
        CommandRule[] rules = [new CommandRule(At("box"), WorkingDirectories: [At("in")]), new CommandRule(At("ls"))];

        foreach (string allowed in new[] { "in", "in/side", "way-in/side", "in/./side/" })
        {
            using CommandGrant grant = Policy(rules).Authorise(In("box", At(allowed)));
            Assert.Equal(At(allowed.Contains("side", StringComparison.Ordinal) ? "in/side" : "in"), grant.Directory!.Path!.ToString());
        }

        foreach (string refused in new[] { "out", "in/way-out", "", "in/way-out/missing", "inside" })
        {
            var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(In("box", At(refused))));
            Assert.Equal((ErrorCode.PermissionDenied, "policy.commands[0].working_directories"), (e.Code, e.Detail!.Rule));
        }

        var without = Assert.Throws<OperationException>(() => Policy(rules).Authorise(In("ls", At("in"))));
        Assert.Equal("policy.commands[1].working_directories", without.Detail!.Rule);
    }

    // CVE-2024-21626: runc took a working directory through one of its own descriptors.
    [Theory]
    [InlineData("/proc/self/fd/3", "ELOOP")]
    [InlineData("/proc/self/cwd", "ELOOP")]
    [InlineData("/proc/self/root/usr", "ELOOP")]
    [InlineData("/etc/passwd", "ENOTDIR")]
    [InlineData("/no/such", "ENOENT")]
    public void A_working_directory_that_is_none_is_told_so_also_where_everything_is_allowed(string path, string errno)
    {
        var e = Assert.Throws<OperationException>(() => Policy(null).Authorise(In("box", path)));
        Assert.Equal(
            (ErrorCode.CommandFailed, "exec.working_directory", "working_directory", errno),
            (e.Code, e.Detail!.Rule, e.Detail.Field, e.Detail.Errno));
    }

    [Fact]
    public void The_lowest_ceiling_holds()
    {
        CommandRule[] rules = [new CommandRule(At("box"), TimeoutSeconds: 5, MaxOutputBytes: 100)];
        CommandGrant high = Policy(rules).Authorise(new ExecCommandRequest(At("box"), MaxOutputBytes: 1000));
        CommandGrant low = Policy(rules).Authorise(new ExecCommandRequest(At("box"), TimeoutSeconds: 1, MaxOutputBytes: 10));
        CommandGrant unruled = Policy(null).Authorise(new ExecCommandRequest(At("box"), Stream: true));

        Assert.Equal((5, 100), (high.TimeLimit.Time.TotalSeconds, high.MaxOutputBytes));
        Assert.Equal((1, 10), (low.TimeLimit.Time.TotalSeconds, low.MaxOutputBytes));
        Assert.Equal((300, 1024 * 1024), (unruled.TimeLimit.Time.TotalSeconds, unruled.MaxOutputBytes));
    }

    [Theory]
    [InlineData(5.5)]
    [InlineData(0.0)]
    public void A_time_limit_above_the_ceiling_is_told_and_not_shortened(double asked)
    {
        CommandRule[] rules = [new CommandRule("/bin/other"), new CommandRule(At("box"), TimeoutSeconds: 5)];
        var e = Assert.Throws<OperationException>(
            () => Policy(rules).Authorise(new ExecCommandRequest(At("box"), TimeoutSeconds: asked)));
        Assert.Equal(
            (ErrorCode.InvalidParameters, "policy.commands[1].timeout_seconds", "timeout_seconds", 5L),
            (e.Code, e.Detail!.Rule, e.Detail.Field, e.Detail.Limit));
        Assert.Contains("policy.commands[1].timeout_seconds: 5 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_rule_that_fits_decides()
    {
        CommandRule[] rules =
        [
            new CommandRule(At("box"), Args: ["a"], TimeoutSeconds: 1),
            new CommandRule(At("box"), Args: ["b"], TimeoutSeconds: 2),
        ];

        Assert.Equal(2, Policy(rules).Authorise(new ExecCommandRequest(At("box"), ["b"])).TimeLimit.Time.TotalSeconds);
        var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(new ExecCommandRequest(At("box"), ["c"])));
        Assert.Equal("policy.commands[1].args", e.Detail!.Rule);
    }

    public void Dispose()
    {
        _children.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Rules_and_ceilings_are_those_in_force_when_the_command_comes()
    {
        var live = new LiveSettings(new AgentSettings([], new PolicySettings(new CommandRules(null))));
        var policy = new CommandPolicy(live, Accounts());
        var request = new ExecCommandRequest("/bin/sh", TimeoutSeconds: 20);
        Assert.Equal(20, policy.Authorise(request).TimeLimit.Time.TotalSeconds);

        live.Replace(live.Current with { Limits = new LimitSettings(MaxCommandSeconds: 5) });
        Assert.Equal(ErrorCode.InvalidParameters, Assert.Throws<OperationException>(() => policy.Authorise(request)).Code);

        live.Replace(new AgentSettings([]));
        Assert.Equal(ErrorCode.PermissionDenied, Assert.Throws<OperationException>(() => policy.Authorise(request)).Code);
    }

    private CommandPolicy Policy(CommandRule[]? rules) =>
        new(new LiveSettings(new AgentSettings([], new PolicySettings(new CommandRules(rules)))), Accounts());

    // "remote" is known to getent alone.
    private AccountDatabase Accounts()
    {
        File.WriteAllText(
            At("passwd"),
            "root:x:0:0::/root:\napp:x:5000:5001::/srv:\nnobody:x:65534:65534::/:\ndaemon:x:1:1::/:\n");
        File.WriteAllText(At("group"), "root:x:0:\napps:x:5001:\nnogroup:x:65534:\n");
        File.WriteAllText(At("getent"), "#!/bin/sh\ncase \"$2 $3\" in 'passwd remote'|'passwd 6000') echo remote:x:6000:6001::/:;; esac\n");
        File.SetUnixFileMode(At("getent"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return new AccountDatabase(
            new Getent(_children.Spawner, TimeProvider.System, TimeSpan.FromSeconds(30), At("getent")), At("passwd"), At("group"));
    }

    private ExecCommandRequest As(string? user, string? group = null) => new(At("box"), User: user, Group: group);

    private ExecCommandRequest In(string program, string directory) => new(At(program), WorkingDirectory: directory);

    private string? Refusal(CommandRule[] rules, string command)
    {
        var e = Assert.Throws<OperationException>(() => Policy(rules).Authorise(new ExecCommandRequest(command)));
        Assert.Equal(ErrorCode.PermissionDenied, e.Code);
        return e.Detail!.Rule;
    }

    private CommandGrant Grant(CommandRule[] rules, string command) =>
        Policy(rules).Authorise(new ExecCommandRequest(command));

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private void Write(string name)
    {
        File.WriteAllText(At(name), "#!/bin/sh\n");
        File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(At(name), target);
}
