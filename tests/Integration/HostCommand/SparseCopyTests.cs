using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl cp</c> of files with holes: they stay holes, and the content is the same.</summary>
public sealed class SparseCopyTests : IDisposable
{
    private readonly TemporaryDirectory _guest = new();
    private readonly TemporaryDirectory _host = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject
        {
            ["read_paths"] = new JsonArray(_guest.Path, _host.Path),
            ["write_paths"] = new JsonArray(_guest.Path),
        },
    };

    [Theory]
    [InlineData("truncate -s 64M s", 64)]
    [InlineData("printf begin > s; truncate -s 64M s", 68)]
    [InlineData("truncate -s 64M s; printf end >> s", 68)]
    [InlineData("truncate -s 64M s; printf middle | dd of=s bs=1 seek=33333333 conv=notrunc status=none", 68)]
    [InlineData("head -c 3000000 /dev/urandom > s; truncate -s 64M s; head -c 3000000 /dev/urandom >> s; truncate -s 80M s", 6000)]
    [InlineData("for i in 1 2 3 4 5 6 7 8; do printf $i | dd of=s bs=1 seek=$((i * 1000003)) conv=notrunc status=none; done", 68)]
    [InlineData("for i in 1 2 3 4 5 6 7 8; do printf $i | dd of=s bs=1 seek=$((i * 20480)) conv=notrunc status=none; done", 168)]
    [InlineData("head -c 3000000 /dev/urandom > s", 3000)]
    [InlineData(": > s", 0)]
    public async Task Holes_stay_holes_in_both_directions(string make, int mostKilobytes)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, $$"""
            set -e; {{make}}; chmod 0640 s
            $G cp s :$D/up; cmp s $D/up; $G cp :$H/s down; cmp s down; stat -c %a down
            for f in $D/up down; do test $(du -k $f | cut -f 1) -le {{mostKilobytes + 64}} || { du -k s $f; exit 9; }; done
            """);
        Assert.Equal((0, "640\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_file_that_is_nearly_all_hole_is_replaced_by_its_like()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, """
            set -e; truncate -s 3G s; printf x | dd of=s bs=1 seek=2000000000 conv=notrunc status=none
            head -c 100000 /dev/urandom > $D/s; head -c 100000 /dev/urandom > t
            $G cp s :$D/; $G cp :$H/s t
            for f in $D/s t; do
              stat -c %s $f; test $(du -k $f | cut -f 1) -le 128 || du -k $f
              dd if=$f bs=1 skip=1999999999 count=3 status=none | od -An -c | tr -s ' '
            done
            """);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("3221225472\n \\0 x \\0\n3221225472\n \\0 x \\0\n", run.Output);
    }

    [Fact]
    public async Task A_stream_and_what_goes_to_one_have_zeros()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(
            agent, _guest, _host, "set -e; truncate -s 1M s; cat s | $G cp - :$D/s; cmp s $D/s; $G cp :$D/s - | cmp - s");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task A_slash_behind_a_file_is_refused_in_both_directions()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Shell.RunAsync(agent, _guest, _host, """
            echo new > s; echo old > $D/f; echo old > f
            $G cp s :$D/f/; echo $?; $G cp :$H/s f/; echo $?; cat $D/f f
            """);
        Assert.Equal("73\n74\nold\nold\n", run.Output);
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }
}
