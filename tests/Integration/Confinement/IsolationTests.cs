using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Integration.Workload;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Confinement;

/// <summary>What a program of a host sees and reaches of the guest, the agent and other programs, whatever file modes allow.</summary>
public sealed class IsolationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nobody")]
    [InlineData(null)]
    public async Task It_sees_no_process_but_its_own_and_signals_none(string? user)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user);
        string mark = MarkedProcesses.NewMark();
        using OriginalHost other = await agent.BeginAsync(mark, "echo started; exec sleep 1000");
        int neighbour = Assert.Single(MarkedProcesses.Alive(mark));

        List<string> lines = await agent.LinesAsync(
            $$"""
            set -- /proc/[0-9]*; echo $#
            for pid in {{agent.Running.Facts.Pid}} {{neighbour}}; do kill -0 $pid 2> /dev/null && echo reached $pid; done
            kill -9 -1 2> /dev/null; kill -9 1 2> /dev/null; echo alive
            """);

        // Its init and its shell, which looks itself: of two programs in a pipe the first may be done before the second begins.
        // "Everybody" is everybody but those two.
        Assert.Equal(["2", "alive"], lines);
        Assert.Single(MarkedProcesses.Alive(mark));
        Assert.True(agent.Running.Facts.IsAlive);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData(null)]
    public async Task It_changes_nothing_outside_of_its_directory_even_where_modes_allow(string? user)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user);
        string open = agent.Place["open"];
        Directory.CreateDirectory(open);
        await File.WriteAllTextAsync(open + "/file", "kept", Token);
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(open + "/file", (UnixFileMode)0b110_110_110);

        (List<string> lines, _) = await agent.RunAsync(
            $$"""
            exec 2> /dev/null
            cat {{open}}/file; echo
            (echo x > {{open}}/file) && echo wrote
            (: > {{open}}/new) && echo made
            mkdir {{open}}/directory && echo made a directory
            rm -f {{open}}/file && echo removed
            mv {{open}}/file moved && echo moved
            ln {{open}}/file linked && echo linked
            chmod 777 /proc/sys/kernel/hostname; (echo x > /proc/sys/kernel/hostname) && echo set
            mount -t tmpfs none /mnt && echo mounted
            """);

        Assert.Equal(["kept"], lines);
        Assert.Equal("kept", await File.ReadAllTextAsync(open + "/file", Token));
        Assert.Single(Directory.GetFileSystemEntries(open));
    }

    [Theory]
    [InlineData("nobody", "root")]
    [InlineData(null, "nobody")]
    public async Task Of_files_of_others_it_changes_neither_modes_nor_owners_nor_times(string? user, string owner)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(user);
        string file = agent.Place["file"];
        await File.WriteAllTextAsync(file, "kept", Token);
        await ProgramRun.StartAsync("chown", [owner, file]);
        string[] status = ["-c", "%a %U %G %Y", file];
        string before = (await ProgramRun.StartAsync("stat", status)).Output;

        // Landlock holds none of it: it is the kernel's rule about owners, and root's programs lack the capabilities.
        await agent.LinesAsync(
            $"exec 2> /dev/null; chmod 777 {file}; chown games {file}; chgrp games {file}; touch -d 2001-01-01 {file}; touch {file}; true");

        Assert.Equal(before, (await ProgramRun.StartAsync("stat", status)).Output);
    }

    [Fact]
    public async Task It_changes_what_its_rule_names_and_what_is_its_own()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        File.SetUnixFileMode(agent.Place["shared"], (UnixFileMode)0b111_111_111);

        List<string> lines = await agent.LinesAsync(
            $$"""
            set -e
            mkdir -p a b; echo 1 > a/file; mv a/file b/file; cat b/file
            echo 2 > /tmp/file; cat /tmp/file; echo 3 > /dev/shm/file; cat /dev/shm/file
            echo 4 > {{agent.Place["shared"]}}/file; cat {{agent.Place["shared"]}}/file
            : > /dev/null; head -c 1 /dev/urandom | wc -c
            """);

        Assert.Equal(["1", "2", "3", "4", "1"], lines);
        Assert.True(File.Exists(agent.Place["shared/file"]));
        Assert.False(File.Exists("/dev/shm/file"));
        Assert.Empty(Directory.GetFileSystemEntries(agent.Place["work"]));
    }

    [Fact]
    public async Task It_sees_neither_the_directory_nor_the_temporary_files_of_another_program_of_its_user()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        string guests = $"/tmp/{MarkedProcesses.NewMark()}";
        await File.WriteAllTextAsync(guests, "", Token);
        try
        {
            using OriginalHost other = await agent.BeginAsync(
                MarkedProcesses.NewMark(), "echo secret > here; echo secret > /tmp/there; echo started; exec sleep 1000");

            List<string> lines = await agent.LinesAsync($"ls -A {agent.Place["work"]} | wc -l; ls -A /tmp; pwd");

            Assert.Equal(2, lines.Count);
            Assert.Equal("1", lines[0]);
            Assert.StartsWith(agent.Place["work"] + "/workload-", lines[1], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(guests);
        }
    }

    [Fact]
    public async Task Nor_that_of_a_program_of_another_runtime_whose_programs_have_theirs_elsewhere()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody");
        using OriginalHost other = await agent.BeginAsync(MarkedProcesses.NewMark(), "echo started; exec sleep 1000");
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(agent.Place["work"]));

        List<string> lines = await agent.LinesAsync($"ls -A {agent.Place["work"]} | wc -l; pwd", "sh-elsewhere");

        Assert.Equal("0", lines[0]);
        Assert.StartsWith(agent.Place["elsewhere"] + "/workload-", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_sees_no_System_V_object_of_others()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(null);
        ProgramRun made = await ProgramRun.StartAsync("ipcmk", "-M", "4096");
        string id = made.Output.Trim().Split(' ')[^1];
        try
        {
            // One line is the heading.
            Assert.Equal(["1", "1", "1"], await agent.LinesAsync("for kind in shm sem msg; do wc -l < /proc/sysvipc/$kind; done"));
            Assert.True((await File.ReadAllLinesAsync("/proc/sysvipc/shm", Token)).Length > 1);
        }
        finally
        {
            await ProgramRun.StartAsync("ipcrm", "-m", id);
        }
    }

    [Theory]
    [InlineData("shared", false)]
    [InlineData("none", true)]
    public async Task It_has_the_network_that_its_rule_says(string network, bool isAlone)
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["network"] = network });
        string own = new FileInfo("/proc/self/ns/net").LinkTarget!;

        List<string> lines = await agent.LinesAsync(
            """
            import os, socket
            print(os.readlink("/proc/self/ns/net"))
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(server.getsockname())
            server.accept()[0].sendall(b"over loopback")
            print(client.recv(100).decode())
            """,
            "python");

        Assert.Equal(isAlone, lines[0] != own);
        Assert.Equal("over loopback", lines[1]);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData(null)]
    public async Task Its_mounts_do_not_come_out_where_those_of_the_guest_are_shared_as_under_systemd(string? directory)
    {
        JsonObject rule = new() { ["confinement"] = "required" };
        if (directory is not null)
        {
            rule["directory"] = directory;
        }

        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(
            null, rule, ["unshare", "--mount", "--propagation", "shared", "--"]);
        string mounts = $"/proc/{agent.Running.Facts.Pid}/mountinfo";
        string before = await File.ReadAllTextAsync(mounts, Token);
        using OriginalHost host = await agent.BeginAsync(MarkedProcesses.NewMark(), "pwd; exec sleep 1000");

        string path = (await agent.LinesAsync("pwd"))[0];
        Assert.Equal(before, await File.ReadAllTextAsync(mounts, Token));
        Assert.StartsWith((directory ?? agent.Place["work"]) + "/workload-", path, StringComparison.Ordinal);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task It_cannot_trace_or_enter_its_init()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync(null);

        Assert.Equal(
            ["denied", "denied", "denied"],
            await agent.LinesAsync(
                "for what in fd root mem; do (ls -l /proc/1/$what/ || head -c 1 /proc/1/$what) > /dev/null 2>&1 && echo open || echo denied; done"));
    }

    [Fact]
    public async Task A_program_that_is_not_to_be_confined_is_not()
    {
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["confinement"] = "none" });
        string name = MarkedProcesses.NewMark();

        List<string> lines = await agent.LinesAsync($"kill -0 {agent.Running.Facts.Pid} 2>&1 | grep -c permitted; echo > /tmp/{name}; echo $$");

        Assert.Equal("1", lines[0]);
        Assert.True(int.Parse(lines[1], CultureInfo.InvariantCulture) > 10);
        Assert.True(File.Exists("/tmp/" + name));
        File.Delete("/tmp/" + name);
    }

    [Fact]
    public async Task What_a_rule_demands_and_the_guest_lacks_is_refused()
    {
        Assert.SkipWhen(await HasMemoryControllerAsync(), "the agent of this test may bound memory");
        await using ConfinedAgent agent = await ConfinedAgent.StartAsync("nobody", new() { ["memory_bytes"] = 64 << 20 });

        (List<string> lines, JsonObject response) = await agent.RunAsync("echo ran");

        Assert.Empty(lines);
        Assert.Contains("there is no confinement without a cgroup that bounds memory", response["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<bool> HasMemoryControllerAsync() =>
        Directory.Exists("/sys/fs/cgroup") && (await Task.Run(() => Directory.EnumerateFiles("/sys/fs/cgroup", "cgroup.controllers", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains("memory", StringComparison.Ordinal)), Token));
}
