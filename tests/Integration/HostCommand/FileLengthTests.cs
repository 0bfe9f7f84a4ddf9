using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary>Files of which stat(2) tells another length than reading gives.</summary>
public sealed class FileLengthTests : IDisposable
{
    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["read_paths"] = new JsonArray(_guest.Path, "/sys", "/proc"),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    [Theory]
    [InlineData("/sys/class/net/lo/mtu")]
    [InlineData("/sys/class/net/lo/address")]
    [InlineData("/sys/class/net/lo/flags")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled")]
    [InlineData("/sys/devices/system/cpu/possible")]
    [InlineData("/sys/kernel/notes")]
    [InlineData("/proc/version")]
    [InlineData("/proc/cpuinfo")]
    [InlineData("/proc/filesystems")]
    [InlineData("/proc/sys/kernel/osrelease")]
    [InlineData("/proc/sys/kernel/random/boot_id")]
    [InlineData("/proc/1/comm")]
    [InlineData("/proc/kallsyms")]
    public async Task Reading_tells_what_is_in_it(string file)
    {
        Assert.SkipUnless(File.Exists(file), "this kernel does not have it");
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            $"cat {file} > want; $G cat {file} > cat && $G cp :{file} cp && $G cp :{file} - > stream && $G cp {file} :$D/up && $G --json cat {file} > json && " +
            "cmp want cat && cmp want cp && cmp want stream && cmp want $D/up");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task What_is_other_at_each_reading_comes_as_it_is_then()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            "for f in /sys/class/net/lo/statistics/rx_bytes /proc/sys/kernel/random/uuid /proc/uptime /proc/stat; do $G cat $f || exit; $G cp :$f $H/x || exit; done >/dev/null; test -s $H/x");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_tree_of_sys_comes_whole()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent, _guest, _host, "$G cp -r :/sys/class/net/lo/statistics $H/s; echo $?; ls $H/s | wc -l; ls /sys/class/net/lo/statistics | wc -l");
        string[] lines = run.Output.Split('\n');
        Assert.Equal(("0", ""), (lines[0], run.Error));
        Assert.Equal(lines[2], lines[1]);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_meanwhile_was_changed()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        // Nobody reads the pipe before the file is cut off: by then no more has come than the pipe and what is on the way.
        ProgramRun run = await Shell.RunAsync(
            agent,
            _guest,
            _host,
            "head -c 200000000 /dev/zero > $D/f; { $G cat $D/f; echo $? >&2; } | { head -c 1000 >/dev/null; truncate -s 100000000 $D/f; cat >/dev/null; }");
        Assert.Equal("70", run.ErrorLines[^1]);
        Assert.Contains("was changed in the guest", run.ErrorLines[0], StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }
}
