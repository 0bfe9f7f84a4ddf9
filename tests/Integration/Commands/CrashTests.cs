using System.Diagnostics;
using System.Globalization;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>The agent is killed while commands run; the next one ends them, and nobody else.</summary>
public sealed class CrashTests : IDisposable
{
    // Found by its argument, which nobody else has.
    private static readonly string Seconds = Random.Shared.Next(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);

    private const int HeadBytes = 4096;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // Takes cgroup v2 away from the agent, so that sessions, groups and descent alone tell.
    private static readonly string[] WithoutCgroups =
    [
        "unshare", "-m", "sh", "-c",
        "grep ' - cgroup2 ' /proc/self/mountinfo | cut -d' ' -f5 | while read -r at; do umount -l \"$at\"; done; exec \"$0\" \"$@\"",
    ];

    public static IEnumerable<TheoryDataRow<string, string?, int, bool>> Scripts =>
        from script in new (string Text, int Processes)[]
        {
            ("exec sleep {0}", 1),
            ("trap '' TERM; sleep {0} & sleep {0} & wait", 3),
            ("trap '' HUP; (sleep {0} & sleep {0} &) ; exec sleep {0}", 3),
            ("sleep {0} | sleep {0}", 3),
            ("setsid sleep {0} & exec sleep {0}", 2),
        }
        from user in (string?[])[null, "nobody"]
        from cgroups in (bool[])[true, false]
        select new TheoryDataRow<string, string?, int, bool>(script.Text, user, script.Processes, cgroups);

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Its_commands_are_ended_at_the_next_start(string script, string? user, int processes, bool cgroups)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root runs commands as others, and unmounts");
        string mark = Mark(processes, user);
        await StartAndKillAsync(string.Format(CultureInfo.InvariantCulture, script, mark), user, mark, processes, cgroups);

        await using RunningAgent next =
            await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory, wrapper: cgroups ? null : WithoutCgroups);

        await Bounded.UntilAsync(() => Find(mark).Count == 0, () => $"the end of {string.Join(", ", Find(mark))}:\n{next.Log}");
        await next.Log.WaitForAsync("ending a command that a former agent has left running: pid ");
        await Bounded.UntilAsync(() => Records().Length == 0, () => $"no records: {string.Join(", ", Records())}");
    }

    [Fact]
    public async Task A_grandchild_that_has_left_session_and_parent_ends_with_its_cgroup()
    {
        const string Leaves = "setsid sh -c 'sleep {0} & sleep {0} &'; exec sleep {0}";
        string mark = Mark(4, null);
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, string.Format(CultureInfo.InvariantCulture, "sleep 1; " + Leaves, mark)));
        await Bounded.UntilAsync(() => Find(mark).Count == 3, () => "three processes");
        Assert.SkipUnless(
            Find(mark).TrueForAll(pid => File.ReadAllText($"/proc/{pid}/cgroup").Contains("/command-", StringComparison.Ordinal)),
            "no cgroup is delegated here");
        await KillAsync(agent);

        await using RunningAgent next = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);

        await Bounded.UntilAsync(() => Find(mark).Count == 0, () => $"the end of {string.Join(", ", Find(mark))}:\n{next.Log}");
    }

    [Fact]
    public async Task A_stranger_of_the_same_name_and_a_daemon_that_a_finished_command_has_left_stay()
    {
        string mark = Mark(5, null);
        using Process stranger = Process.Start("/bin/sleep", mark);
        try
        {
            await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);
            using RawClient client = await agent.ConnectAsync();
            await client.ExchangeAsync(Requests.Shell(1, $"setsid sleep {mark} >/dev/null 2>&1 & sleep 0.3"));
            int daemon = Assert.Single(Find(mark), pid => pid != stranger.Id);
            await client.SendAsync(Requests.Exec(2, "/bin/sleep", [mark]));
            await Bounded.UntilAsync(() => Find(mark).Count == 3, () => "the command");
            await KillAsync(agent);

            await using RunningAgent next = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);

            await Bounded.UntilAsync(() => Find(mark).Count == 2, () => $"the end of the command:\n{next.Log}");
            await Bounded.UntilAsync(() => Records().Length == 0, () => "no records");
            Assert.Equal([.. ((int[])[stranger.Id, daemon]).Order()], Find(mark).Order());
            Kill(daemon);
        }
        finally
        {
            stranger.Kill();
            await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_number_that_has_gone_to_a_stranger_since_is_left_alone()
    {
        string mark = Mark(6, null);
        using Process stranger = Process.Start("setsid", ["sleep", mark]);
        try
        {
            await StartAndKillAsync($"exec sleep {mark}1", null, mark + "1", 1);
            int command = Assert.Single(Find(mark + "1"));
            Kill(command);
            await Bounded.UntilAsync(() => Find(mark + "1").Count == 0, () => "the end of the command");
            // As if the kernel had given the command's number to the stranger.
            string records = Assert.Single(Records());
            await File.WriteAllTextAsync(
                records,
                (await File.ReadAllTextAsync(records, TestContext.Current.CancellationToken)).Replace(
                    string.Create(CultureInfo.InvariantCulture, $"{command} "),
                    string.Create(CultureInfo.InvariantCulture, $"{stranger.Id} "),
                    StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            await using RunningAgent next = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);

            await Bounded.UntilAsync(() => Records().Length == 0, () => "no records");
            Assert.False(stranger.HasExited);
            Assert.DoesNotContain(next.Log.Lines, line => line.Contains("left running", StringComparison.Ordinal));
        }
        finally
        {
            stranger.Kill();
            await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_records_of_an_agent_that_lives_are_not_touched()
    {
        string mark = Mark(7, null);
        using var other = new TemporaryDirectory();
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Exec(1, "/bin/sleep", [mark]));
        await Bounded.UntilAsync(() => Find(mark).Count == 1, () => "the command");
        Directory.CreateSymbolicLink(other["state"], _directory["state"]);

        await using (RunningAgent second = await RunningAgent.StartAsync(AgentConfig.AnyCommand, other))
        {
            using RawClient otherClient = await second.ConnectAsync();
            (await otherClient.ExchangeAsync(Requests.Exec(1, "/bin/true"))).Result();
        }

        Assert.Single(Find(mark));
        Assert.Single(Records());
    }

    private async Task StartAndKillAsync(string script, string? user, string mark, int processes, bool cgroups = true)
    {
        await using RunningAgent agent =
            await RunningAgent.StartAsync(AgentConfig.AnyCommand, _directory, wrapper: cgroups ? null : WithoutCgroups);
        using RawClient client = await agent.ConnectAsync();
        var more = new System.Text.Json.Nodes.JsonObject { ["user"] = user };
        await client.SendAsync(Requests.Shell(1, script, more));
        await Bounded.UntilAsync(() => Find(mark).Count >= processes, () => $"{processes} processes with {mark}");
        await KillAsync(agent);
    }

    // A command is recorded in the moment after its start, which lasts as long as other processes let it.
    private async Task KillAsync(RunningAgent agent)
    {
        await Bounded.UntilAsync(
            () => Records().Any(file => Read(file) is { Length: > HeadBytes } text && text[HeadBytes..].Trim().Length > 0),
            () => "a record");
        await agent.KillAsync();
    }

    // By another program: the framework would want a lock on it, which the agent has.
    private static string Read(string file)
    {
        using Process cat = Process.Start(new ProcessStartInfo("cat", file) { RedirectStandardOutput = true })!;
        string text = cat.StandardOutput.ReadToEnd();
        cat.WaitForExit();
        return text;
    }

    private string[] Records() =>
        Directory.Exists(_directory["state/commands"]) ? Directory.GetFiles(_directory["state/commands"]) : [];

    // Each test its own number, so that tests can run beside one another.
    private static string Mark(int test, string? user) => $"{Seconds}.{test}{user?.Length ?? 0}{Random.Shared.Next(1000, 9999)}";

    private static List<int> Find(string mark)
    {
        List<int> found = [];
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid) && IsAlive(pid, mark))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    private static bool IsAlive(int pid, string mark)
    {
        try
        {
            // A zombie has no command line.
            string line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline"));
            return line.Contains(mark, StringComparison.Ordinal) && !line.Contains("guest-agent", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Kill(int pid) => Signals.Send(pid, Signals.Kill);
}
