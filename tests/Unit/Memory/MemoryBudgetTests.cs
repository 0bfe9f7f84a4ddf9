using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Errors;
using GuestAgent.Memory;
using Xunit;

namespace GuestAgent.Tests.Unit.Memory;

public sealed class MemoryBudgetTests
{
    private const int Connections = 16;
    private static readonly MemoryLimits Limits = new(38 << 20, Connections);

    private readonly WatchedClock _clock = new();
    private readonly MemoryBudget _budget;

    public MemoryBudgetTests() => _budget = new MemoryBudget(() => Limits, _clock);

    [Fact]
    public void Parts_of_all_connections_and_the_pool_are_five_sixths()
    {
        Assert.Equal(64 << 10, Limits.Guaranteed);
        // The rest is the collector's.
        Assert.Equal(Limits.Bytes - (Limits.Bytes / 6), (Limits.Guaranteed * Connections) + Limits.Shared);

        // However little there is for however many, half of it is shared.
        var little = new MemoryLimits(MemoryLimits.Least, 4096);
        Assert.Equal(341, little.Guaranteed);
        Assert.InRange(little.Shared, MemoryLimits.Least / 2, (MemoryLimits.Least / 2) + 4096);
    }

    [Theory]
    [InlineData(64L << 20, 16L << 20)]
    [InlineData(512L << 20, 128L << 20)]
    [InlineData(1L << 30, 256L << 20)]
    [InlineData(1L << 40, 256L << 20)]
    [InlineData(8L << 20, 4L << 20)]
    public void A_quarter_of_a_small_guest_and_never_more_than_256_MiB(long guest, long budget) =>
        Assert.Equal(budget, MemoryLimits.DefaultOf(guest));

    [Fact]
    public void One_alone_gets_four_fifths_of_the_pool_and_not_a_byte_more()
    {
        MemoryShare share = _budget.OpenShare();
        share.Take(Limits.Guaranteed + Limits.MostOfOne);
        Assert.False(share.TryTake(5));
        Assert.Equal(Limits.MostOfOne, _budget.Used);
        share.Return(share.Held);
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public void However_many_take_all_they_can_the_next_one_gets_its_own_part()
    {
        var greedy = new List<MemoryShare>();
        for (int i = 0; i < Connections - 1; i++)
        {
            MemoryShare share = _budget.OpenShare();
            greedy.Add(share);
            TakeAll(share);
        }

        MemoryShare modest = _budget.OpenShare();
        Assert.True(modest.TryTake(Limits.Guaranteed));
        Assert.InRange(_budget.Used, 1, Limits.Shared - 1);
        greedy.ForEach(share => share.Return(share.Held));
        modest.Return(modest.Held);
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public void What_is_refused_says_which_limit_and_whether_it_makes_sense_to_try_again()
    {
        MemoryShare share = _budget.OpenShare();
        OperationException later = Assert.Throws<OperationException>(() =>
        {
            share.Take(Limits.MostOfOne);
            share.Take(Limits.MostOfOne);
        });
        OperationException never = Assert.Throws<OperationException>(() => share.Take(Limits.Bytes));
        Assert.Equal((ErrorCode.Busy, ErrorCode.TooLarge), (later.Code, never.Code));
        Assert.All([later, never], e => Assert.Equal(
            ("limits.max_memory_bytes", Limits.Bytes), (e.Detail!.Rule, e.Detail.Limit!.Value)));
    }

    [Fact]
    public void The_longest_unfinished_message_is_given_up_for_a_shorter_one()
    {
        Holder longest = Hold(16 << 20);
        Holder shorter = Hold(4 << 20);
        MemoryShare seeker = _budget.OpenShare();
        Assert.True(seeker.TryTake(10 << 20));
        Assert.Equal((1, 0), (longest.GivenUp, shorter.GivenUp));
        Assert.Equal(0, longest.Share.Held);
    }

    [Fact]
    public void A_longer_one_is_refused_and_nobody_gives_up_anything_for_it()
    {
        Holder first = Hold(8 << 20);
        Holder second = Hold(8 << 20);
        Holder third = Hold(1 << 20, of: 12 << 20);
        Assert.Equal((0, 0, 0), (first.GivenUp, second.GivenUp, third.GivenUp));
        Assert.False(_budget.OpenShare().TryTake(12 << 20));
        Assert.Equal((0, 0, 0), (first.GivenUp, second.GivenUp, third.GivenUp));
    }

    [Fact]
    public void One_that_has_been_there_for_long_is_given_up_for_any()
    {
        Holder old = Hold(4 << 20);
        Holder other = Hold(10 << 20);
        _clock.Advance(Reclaimable.StaleAfter / 2);
        other.Reclaimable.Renew();
        _clock.Advance(Reclaimable.StaleAfter / 2);
        Assert.True(_budget.OpenShare().TryTake(15 << 20));
        Assert.Equal((1, 0), (old.GivenUp, other.GivenUp));
    }

    [Fact]
    public void Unread_replies_are_given_up_only_when_they_have_been_there_for_long()
    {
        Holder unread = Hold(20 << 20, onlyWhenStale: true);
        Assert.False(_budget.OpenShare().TryTake(12 << 20));
        _clock.Advance(Reclaimable.StaleAfter);
        Assert.True(_budget.OpenShare().TryTake(12 << 20));
        Assert.Equal(1, unread.GivenUp);
    }

    [Fact]
    public void Nothing_is_given_up_where_that_would_not_be_enough()
    {
        Holder unfinished = Hold(2 << 20);
        MemoryShare busy = _budget.OpenShare();
        busy.Take(20 << 20);
        Assert.False(_budget.OpenShare().TryTake(1900 << 10 << 2));
        Assert.False(_budget.OpenShare().TryTake(Limits.Bytes));
        Assert.Equal(0, unfinished.GivenUp);
    }

    [Fact]
    public void One_who_is_slow_to_give_up_is_asked_once_and_the_seeker_does_not_wait()
    {
        MemoryShare slow = _budget.OpenShare();
        int asked = 0;
        Reclaimable kept = slow.AddReclaimable(() => asked++, onlyWhenStale: false);
        slow.Take(20 << 20);
        kept.Note(20 << 20);
        Assert.False(_budget.OpenShare().TryTake(12 << 20));
        Assert.False(_budget.OpenShare().TryTake(12 << 20));
        Assert.Equal((1, true), (asked, kept.IsUnwanted));
    }

    [Fact]
    public void More_than_was_taken_cannot_be_given_back()
    {
        MemoryShare share = _budget.OpenShare();
        share.Take(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => share.Return(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => share.TryTake(-1));
        Assert.Equal(10, share.Held);
    }

    [Fact]
    public void Whatever_is_taken_and_given_back_in_whatever_order_nothing_is_lost_and_the_bound_holds() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(ArbMap.Default.ArbFor<(int Share, int Kind, int Amount)[]>(), steps =>
            {
                var budget = new MemoryBudget(() => Limits, _clock);
                MemoryShare[] shares = [.. Enumerable.Range(0, 5).Select(_ => budget.OpenShare())];
                long[] held = new long[shares.Length];
                foreach ((int index, int kind, int amount) in steps)
                {
                    int i = (int)((uint)index % shares.Length);
                    long bytes = (uint)amount % (8L << 20) << ((int)((uint)kind % 5) * 4 / 5);
                    if ((uint)kind % 3 > 0)
                    {
                        held[i] += shares[i].TryTake(bytes) ? bytes : 0;
                    }
                    else
                    {
                        bytes = Math.Min(bytes, held[i]);
                        shares[i].Return(bytes);
                        held[i] -= bytes;
                    }

                    Assert.Equal(held, shares.Select(share => share.Held));
                    Assert.Equal(held.Sum(h => Math.Max(0, h - Limits.Guaranteed)), budget.Used);
                    Assert.InRange(budget.Used, 0, Limits.Shared - 1);
                }

                Array.ForEach(shares, share => share.Return(share.Held));
                Assert.Equal(0, budget.Used);
            }));

    [Fact]
    public async Task Many_at_once_lose_nothing_and_wait_for_nobody()
    {
        Task[] all = [.. Enumerable.Range(1, Connections).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            Holder holder = Hold(0);
            for (int i = 0; i < 2000; i++)
            {
                long bytes = random.NextInt64(8 << 20);
                if (holder.TryTake(bytes) && random.Next(4) > 0)
                {
                    holder.GiveUp();
                }
            }

            holder.GiveUp();
        }))];
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(0, _budget.Used);
    }

    private static void TakeAll(MemoryShare share)
    {
        for (long bytes = Limits.Bytes; bytes > 0;)
        {
            bytes = share.TryTake(bytes) ? bytes : bytes / 2;
        }
    }

    private Holder Hold(long bytes, long? of = null, bool onlyWhenStale = false)
    {
        var holder = new Holder(_budget, onlyWhenStale);
        if (bytes > 0)
        {
            Assert.True(holder.TryTake(bytes));
            holder.Share.Overdraw((of ?? bytes) - bytes);
        }

        return holder;
    }

    /// <summary>Holds a message that is not complete and gives it up at once when it is told to.</summary>
    private sealed class Holder
    {
        private readonly Lock _gate = new();
        private long _held;

        public Holder(MemoryBudget budget, bool onlyWhenStale)
        {
            Share = budget.OpenShare();
            Reclaimable = Share.AddReclaimable(
                () =>
                {
                    GivenUp++;
                    GiveUp();
                },
                onlyWhenStale);
        }

        public MemoryShare Share { get; }

        public Reclaimable Reclaimable { get; }

        public int GivenUp { get; private set; }

        public bool TryTake(long bytes)
        {
            if (!Share.TryTake(bytes, Reclaimable))
            {
                return false;
            }

            lock (_gate)
            {
                _held += bytes;
                Reclaimable.Note(_held);
            }

            return true;
        }

        public void GiveUp()
        {
            lock (_gate)
            {
                Share.Return(_held);
                _held = 0;
                Reclaimable.Note(0);
            }
        }
    }
}
