using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Linux;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Xunit;
using RefusedCalls = GuestAgent.Tests.Testing.RefusedCalls;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>What becomes of a confined start where the guest lacks a part of it; the launcher is the agent on the JIT.</summary>
public sealed class ConfinementTests : IDisposable
{
    private static readonly Account Nobody = new("nobody", 65534, 65534, [65534], "/", "/bin/sh");

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _scratch = new();
    private readonly List<string> _log = [];
    private readonly EpollLoop _loop = new();
    private readonly ChildSpawner _spawner;
    private readonly SafeFileHandle _held;
    private readonly SafeFileHandle _heldScratch;

    public ConfinementTests()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can confine");
        Assert.SkipUnless(File.Exists(Children.LauncherPath), "the agent's program is not beside the tests");
        _spawner = new ChildSpawner(_loop, null, Children.LauncherPath, new ListLogger(_log));
        _held = Open(_directory);
        _held.ChangeOwnerOf(Nobody.UserId, Nobody.GroupId);
        _heldScratch = Open(_scratch);
    }

    public void Dispose()
    {
        _held?.Dispose();
        _heldScratch?.Dispose();
        _spawner?.Dispose();
        Assert.Equal(0, _loop.Count);
        _loop.Dispose();
        _directory.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Everything_that_this_kernel_has_is_used_and_nothing_is_said()
    {
        Assert.SkipUnless(Landlock.IsAvailable, "this kernel has no Landlock that serves");
        // Of its /tmp, in which its directory is, it sees nothing else.
        Assert.Equal(
            $"1\n{Path.GetFileName(_directory.Path)}\nexit 7", await RunAsync("ls /proc | grep -c '^1$'; ls -A /tmp; exit 7"));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task Without_namespaces_a_program_runs_in_its_directory_all_the_same_and_that_is_said_once()
    {
        Assert.SkipUnless(Landlock.IsAvailable, "this kernel has no Landlock that serves");
        for (int i = 0; i < 2; i++)
        {
            string text = await RunAsync(
                "pwd; echo $TMPDIR; echo x > $TMPDIR/file && echo wrote; (echo x > /tmp/nowhere) 2> /dev/null || echo refused; exit 7",
                RefusedCalls.RunWithoutNamespaces);

            Assert.Equal($"{_directory.Path}\n{_scratch.Path}\nwrote\nrefused\nexit 7", text);
        }

        string line = Assert.Single(_log);
        Assert.Contains("PID namespaces, mount namespaces, IPC namespaces", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_open_tree_the_guest_s_mounts_are_left_as_they_are()
    {
        string text = await RunAsync("pwd; ls -d /tmp/guest-agent-test-* > /dev/null && echo seen", RefusedCalls.RunWithoutMountTrees);

        Assert.Equal($"{_directory.Path}\nseen\nexit 0", text);
        Assert.Contains("without mount namespaces", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Landlock_permissions_and_namespaces_are_left()
    {
        Assert.Equal("1\nexit 0", await RunAsync("ls /proc | grep -c '^1$'", RefusedCalls.RunWithoutLandlock));
        Assert.Contains("without Landlock", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)ConfinementParts.Processes)]
    [InlineData((int)ConfinementParts.Mounts)]
    [InlineData((int)ConfinementParts.Ipc)]
    public async Task What_is_demanded_and_missing_is_named_and_nothing_runs(int part) =>
        Assert.Contains(
            $"there is no confinement without {ConfinementNames.Of((ConfinementParts)part)}",
            (await FailAsync((ConfinementParts)part, RefusedCalls.RunWithoutNamespaces)).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Landlock_that_is_demanded_and_missing_is_named_and_nothing_runs() =>
        Assert.Equal(
            (SpawnStep.Confinement, Errno.EOPNOTSUPP),
            await FailAsync(ConfinementParts.Landlock, RefusedCalls.RunWithoutLandlock) is var e ? (e.Step, e.Errno) : default);

    [Fact]
    public async Task A_limit_without_a_cgroup_is_refused_before_anything_is_started()
    {
        SpawnException failure = await Assert.ThrowsAsync<SpawnException>(() => _spawner.SpawnAsync(
            Start("") with { Confinement = Shut(ConfinementParts.None) with { Limits = new(64 << 20, 10, 50) } }, Waits.Token).AsTask());

        // Processes of a user that is not root the kernel can count without one.
        Assert.Equal(ConfinementNames.Of(ConfinementParts.MemoryLimit | ConfinementParts.CpuLimit), Subject(failure));
    }

    [Fact]
    public async Task A_program_that_cannot_be_executed_is_named_as_without_a_confinement()
    {
        SpawnException failure = await Assert.ThrowsAsync<SpawnException>(() => _spawner.SpawnAsync(
            Start("") with { FileName = "/no/such/program", Confinement = Shut(ConfinementParts.None) }, Waits.Token).AsTask());

        Assert.Equal((SpawnStep.Execute, Errno.ENOENT), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task What_somebody_has_put_where_its_mounts_go_ends_the_start_and_confines_it_no_less()
    {
        string name = Path.GetFileName(_directory.Path);
        File.CreateSymbolicLink(_scratch.Path + "/" + name, "/etc");

        SpawnException failure = await FailAsync(ConfinementParts.None, action => action());

        Assert.Equal(SpawnStep.Seclusion, failure.Step);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task A_directory_that_is_moved_while_it_is_held_is_the_one_that_the_program_gets()
    {
        string elsewhere = _directory.Path + "-moved";
        Directory.Move(_directory.Path, elsewhere);
        Directory.CreateDirectory(_directory.Path);
        await File.WriteAllTextAsync(elsewhere + "/mine", "", Waits.Token);
        try
        {
            Assert.Equal($"{elsewhere}\nmine\nexit 0", await RunAsync("pwd; ls"));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    private static string Subject(SpawnException e) =>
        e.Message["there is no confinement without ".Length..e.Message.LastIndexOf(':')];

    private static ChildStart Start(string script) => Children.Shell(script) with { Account = Nobody };

    private static SafeFileHandle Open(TemporaryDirectory directory) =>
        NativeMethods.open(directory.Path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open");

    private Confinement Shut(ConfinementParts demanded) =>
        new() { Directory = _held, Scratch = _heldScratch, Demanded = demanded };

    private async Task<string> RunAsync(string script, Action<Action>? without = null)
    {
        Task<ChildProcess>? spawning = null;
        void Spawn() => spawning = _spawner.SpawnAsync(
            Start(script) with { Confinement = Shut(ConfinementParts.None) }, Waits.Token).AsTask();
        (without ?? (action => action()))(Spawn);
        using ChildProcess child = await spawning!.InTime();
        byte[] output = await Children.ReadToEndAsync(child.Stdout).InTime();
        return $"{System.Text.Encoding.UTF8.GetString(output)}exit {(await child.Exited.InTime()).ExitCode}";
    }

    private async Task<SpawnException> FailAsync(ConfinementParts demanded, Action<Action> without)
    {
        Task<ChildProcess>? spawning = null;
        without(() => spawning = _spawner.SpawnAsync(
            Start($"echo ran > {_directory.Path}/ran") with { Confinement = Shut(demanded) }, Waits.Token).AsTask());
        SpawnException failure = await Assert.ThrowsAsync<SpawnException>(() => spawning!.InTime());
        Assert.False(File.Exists(_directory.Path + "/ran"));
        return failure;
    }

    private sealed class ListLogger(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
