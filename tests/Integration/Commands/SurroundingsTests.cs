using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>What a command finds when it starts, run as the agent's user and through the launcher as others.</summary>
public sealed class SurroundingsTests
{
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static IEnumerable<TheoryDataRow<string?>> Users => [new(null), new("daemon"), new("nobody")];

    [Fact]
    public async Task A_user_who_may_not_execute_the_program_is_told_so()
    {
        RequireRoot();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        string script = agent.Directory.AddScript("private", "#!/bin/sh\n");
        JsonObject reply = await client.ExchangeAsync(Requests.Exec(1, script, more: As("nobody")));
        JsonObject data = reply.Error()["data"]!.AsObject();
        Assert.Equal((-32000, "params.command", "EACCES"), (reply.ErrorCode(), data.Text("field"), data.Text("errno")));
    }

    [Fact]
    public async Task A_user_who_may_not_enter_the_directory_is_told_so()
    {
        RequireRoot();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject more = As("nobody");
        more["working_directory"] = agent.Directory.Path;
        JsonObject reply = await client.ExchangeAsync(Requests.Exec(1, "/bin/true", more: more));
        JsonObject data = reply.Error()["data"]!.AsObject();
        Assert.Equal(("params.working_directory", "EACCES"), (data.Text("field"), data.Text("errno")));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task No_descriptor_of_the_agent_is_inherited(string? user)
    {
        // The fourth is the directory that ls itself reads.
        Assert.Equal("0\n1\n2\n3\n", await RunAsync(user, "/bin/ls", "/proc/self/fd"));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task No_signal_is_blocked_or_ignored(string? user)
    {
        string[] lines = (await RunAsync(user, "/bin/grep", "-E", "^Sig(Blk|Ign|Pnd):", "/proc/self/status"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.EndsWith("\t0000000000000000", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task It_leads_a_session_and_a_process_group_of_its_own(string? user)
    {
        string[] ids = (await RunAsync(user, "/usr/bin/cut", "-d ", "-f1,5,6", "/proc/self/stat")).TrimEnd().Split(' ');
        Assert.Equal([ids[0], ids[0]], ids[1..]);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task The_environment_is_that_of_its_user_and_nothing_else(string? user)
    {
        string[] account = Account(user ?? Environment.UserName);
        string[] lines = (await RunAsync(user, "/usr/bin/env")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [$"HOME={account[5]}", $"LOGNAME={account[0]}", $"PATH={SearchPath}", $"SHELL={account[6]}", $"USER={account[0]}"],
            lines.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("daemon")]
    [InlineData("nobody")]
    public async Task It_is_its_user_with_all_its_groups_and_nothing_of_root(string user)
    {
        string[] account = Account(user);
        string[] lines = (await RunAsync(user, "/bin/grep", "-E", "^(Uid|Gid|Groups|CapEff|CapPrm):", "/proc/self/status"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string none = "0000000000000000";
        Assert.Equal(
            [
                "Uid:" + string.Concat(Enumerable.Repeat("\t" + account[2], 4)),
                "Gid:" + string.Concat(Enumerable.Repeat("\t" + account[3], 4)),
                $"CapPrm:\t{none}",
                $"CapEff:\t{none}",
            ],
            lines.Where(line => !line.StartsWith("Groups:", StringComparison.Ordinal)));
        ProgramRun id = await ProgramRun.StartAsync("id", "-G", user);
        Assert.Equal(
            id.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            lines.Single(line => line.StartsWith("Groups:", StringComparison.Ordinal))["Groups:".Length..]
                .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_user_may_be_named_by_number() =>
        Assert.Equal("daemon\n", await RunAsync(Account("daemon")[2], "/usr/bin/id", "-un"));

    [Theory]
    [MemberData(nameof(Users))]
    public async Task It_starts_in_the_users_home_where_there_is_one(string? user)
    {
        string home = user is null ? "/" : Account(user)[5];
        Assert.Equal(Directory.Exists(home) ? home : "/", (await RunAsync(user, "/bin/pwd")).TrimEnd());
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Its_ending_is_told_whoever_it_runs_as(string? user)
    {
        RequireRoot(user);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject code = (await client.ExchangeAsync(Requests.Shell(1, "exit 42", As(user)))).Result();
        JsonObject killed = (await client.ExchangeAsync(Requests.Shell(2, "kill -9 $$", As(user)))).Result();
        Assert.Equal((42, null), (code.Number("exit_code"), code["signal"]));
        Assert.Equal((-1, 9), (killed.Number("exit_code"), killed.Number("signal")));
    }

    private static async Task<string> RunAsync(string? user, string command, params string[] args)
    {
        RequireRoot(user);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        return (await client.ExchangeAsync(Requests.Exec(1, command, args, As(user)))).Stdout();
    }

    private static JsonObject As(string? user) => new() { ["user"] = user };

    private static void RequireRoot(string? user = "another") =>
        Assert.SkipUnless(user is null || Environment.IsPrivilegedProcess, "only root can become another user");

    // passwd(5): name, password, uid, gid, comment, home, shell.
    private static string[] Account(string name) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == name);
}
