using System.Text;
using GuestAgent.Logging;
using Xunit;

namespace GuestAgent.Tests.Unit.Logging;

public sealed class LogBacklogTests
{
    private readonly LogBacklog _backlog = new();

    [Fact]
    public void Lines_come_out_in_the_order_in_which_they_came()
    {
        Add("a", isRefusal: true);
        Add("b", isRefusal: false);
        Add("c", isRefusal: false);
        Add("d", isRefusal: true);
        Assert.Equal(["a", "b", "c", "d"], TakeAll());
        Assert.True(_backlog.IsEmpty);
        Assert.Null(_backlog.Take(out _));
    }

    [Fact]
    public void The_oldest_refusals_are_lost_first_and_a_flood_of_them_displaces_nothing_else()
    {
        Add("granted", isRefusal: false);
        for (int i = 0; i < 10_000; i++)
        {
            Add($"refused {i,100}", isRefusal: true);
        }

        List<string> left = TakeAll();
        Assert.Equal("granted", left[0]);
        Assert.Equal($"refused {9999,100}", left[^1]);
        Assert.Equal(10_001, left.Count + _backlog.Lost);
        Assert.Equal(new LogLoss(_backlog.Lost, _backlog.Lost), _backlog.TakeLoss());
        Assert.False(_backlog.TakeLoss().IsAny);
    }

    [Fact]
    public void Then_the_oldest_of_all_and_the_newest_stay()
    {
        Add("refused", isRefusal: true);
        for (int i = 0; i < 10_000; i++)
        {
            Add($"granted {i,100}", isRefusal: false);
        }

        List<string> left = TakeAll();
        Assert.DoesNotContain("refused", left);
        Assert.Equal($"granted {9999,100}", left[^1]);
        Assert.InRange(left.Sum(line => line.Length), LogBacklog.MaxBytes - 200, LogBacklog.MaxBytes);
        Assert.Equal(new LogLoss(10_001 - left.Count, 1), _backlog.TakeLoss());
    }

    [Fact]
    public void What_could_not_be_told_is_told_with_what_is_lost_later()
    {
        _backlog.Lose(isRefusal: true);
        LogLoss loss = _backlog.TakeLoss();
        _backlog.GiveBack(loss);
        Add("never written", isRefusal: false);
        _backlog.LoseAll();
        Assert.Equal("log lost=2 refusals=1", _backlog.TakeLoss().ToString());
        Assert.Equal(2, _backlog.Lost);
    }

    [Fact]
    public void A_line_that_is_begun_is_ended_before_a_loss_is_told()
    {
        var hand = Hand();
        Add("begun", isRefusal: false);
        Assert.True(hand.TryBegin());
        hand.Advance(2);
        _backlog.Lose(isRefusal: false);
        Add("next", isRefusal: false);

        Assert.True(hand.TryBegin());
        Assert.Equal("gun", Rest(hand));
        hand.Advance(3);
        Assert.True(hand.TryBegin());
        Assert.Equal("1 lost", Rest(hand));
        hand.Advance(6);
        Assert.True(hand.TryBegin());
        Assert.Equal("next", Rest(hand));
        hand.Advance(4);
        Assert.False(hand.TryBegin());
    }

    [Fact]
    public void What_follows_half_a_line_begins_a_line()
    {
        var hand = Hand();
        Add("half", isRefusal: true);
        Assert.True(hand.TryBegin());
        hand.Advance(2);
        hand.Lose();

        // That cannot be written either.
        Add("next", isRefusal: false);
        Assert.True(hand.TryBegin());
        Assert.Equal("\n1 lost", Rest(hand));
        hand.Lose();

        Add("last", isRefusal: false);
        Assert.True(hand.TryBegin());
        Assert.Equal("\n2 lost", Rest(hand));
        hand.Advance(7);
        Assert.True(hand.TryBegin());
        Assert.Equal("last", Rest(hand));
    }

    private static string Rest(LineInHand hand) => Encoding.UTF8.GetString(hand.Rest.Span);

    private LineInHand Hand() => new(_backlog, loss => Encoding.UTF8.GetBytes($"{loss.Records} lost"));

    private void Add(string line, bool isRefusal) => _backlog.Add(Encoding.UTF8.GetBytes(line), isRefusal);

    private List<string> TakeAll()
    {
        List<string> lines = [];
        while (_backlog.Take(out _) is { } line)
        {
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }
}
