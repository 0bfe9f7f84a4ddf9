using GuestAgent.Dialects;
using GuestAgent.Memory;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class UnfinishedMessageTests
{
    private readonly MemoryBudget _budget = new(() => new MemoryLimits(16 << 20, 2), TimeProvider.System);

    [Fact]
    public void A_short_one_is_not_counted_and_a_longer_one_with_what_its_pieces_cost()
    {
        MemoryShare share = _budget.OpenShare();
        var message = new UnfinishedMessage(share, () => { });
        Assert.True(message.TryHold(4096));
        Assert.Equal(0, share.Held);
        Assert.True(message.TryHold(4097));
        Assert.Equal(64 << 10, share.Held);
        Assert.True(message.TryHold(1 << 20));
        Assert.InRange(share.Held, (1 << 20) + (1 << 16), 5 << 18);
        Assert.True(message.TryHold(100_000));
        Assert.Equal(128 << 10, share.Held);
        Assert.True(message.TryHold(0));
        Assert.Equal((0, 0), (share.Held, _budget.Used));
    }

    [Fact]
    public void One_that_finds_no_room_holds_nothing_any_more()
    {
        MemoryShare share = _budget.OpenShare();
        var message = new UnfinishedMessage(share, () => { });
        Assert.True(message.TryHold(8 << 20));
        Assert.False(message.TryHold(15 << 20));
        Assert.Equal((0, 0), (share.Held, _budget.Used));
    }

    [Fact]
    public void One_that_is_in_the_way_wakes_its_reader_which_then_gives_it_up()
    {
        bool woken = false;
        UnfinishedMessage? message = null;
        message = new UnfinishedMessage(
            _budget.OpenShare(),
            () =>
            {
                woken = true;
                Assert.False(message!.TryHold(10 << 20));
            });
        Assert.True(message.TryHold(10 << 20));
        Assert.True(_budget.OpenShare().TryTake(8 << 20));
        Assert.True(woken);

        // Another message may come behind it.
        Assert.True(message.TryHold(100_000));
    }
}
