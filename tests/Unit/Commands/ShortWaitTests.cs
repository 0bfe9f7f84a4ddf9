using GuestAgent.Commands;
using GuestAgent.Execution;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class ShortWaitTests : IDisposable
{
    private readonly Children _children = new();
    private readonly ShortWait _wait = new();

    public void Dispose() => _children.Dispose();

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(3, 6)]
    [InlineData(4.2, 9)]
    [InlineData(10, 20)]
    public void It_is_twice_what_the_last_short_command_took(double milliseconds, int expected)
    {
        _wait.Learn(TimeSpan.FromMilliseconds(8));
        _wait.Learn(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(expected), _wait.Usual);
    }

    [Fact]
    public void A_command_that_ran_long_says_nothing_of_the_next_one()
    {
        _wait.Learn(TimeSpan.FromMilliseconds(4));
        _wait.Learn(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMilliseconds(8), _wait.Usual);
    }

    [Fact]
    public async Task Each_command_that_is_waited_for_in_vain_halves_it_down_to_the_shortest()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("read x") with { Stdin = ChildStream.Pipe });
        _wait.Learn(TimeSpan.FromMilliseconds(3));
        double[] waits = new double[4];
        for (int i = 0; i < waits.Length; i++)
        {
            Assert.False(_wait.SeesEndOf(child));
            waits[i] = _wait.Usual.TotalMilliseconds;
        }

        Assert.Equal([3, 2, 1, 1], waits);
        child.Stdin!.Dispose();
        await child.Exited.InTime();
    }

    [Fact]
    public async Task A_command_that_ends_within_it_is_seen()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("exit 3"));
        await child.Exited.InTime();
        Assert.True(_wait.SeesEndOf(child));
        Assert.Equal(ShortWait.Shortest, _wait.Usual);
    }
}
