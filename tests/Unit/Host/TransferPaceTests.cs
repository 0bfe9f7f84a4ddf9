using GuestAgent.Host.Files;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class TransferPaceTests
{
    private readonly WatchedClock _clock = new();

    [Fact]
    public void Begins_small_and_always_lets_one_piece_through()
    {
        var pace = new TransferPace(_clock, PieceSizes.InLines);
        Assert.Equal(16 * 1024, pace.PieceBytes);
        Assert.Equal(4, Fill(pace).Count);
        Assert.True(new TransferPace(_clock, PieceSizes.InLines.AtMost(1)).HasRoom);
        Assert.Equal(1, new TransferPace(_clock, PieceSizes.InLines.AtMost(1)).PieceBytes);
    }

    [Theory]
    [InlineData(1_000_000, 2 * 16 * 1024)]
    [InlineData(20_000_000, 20_000 * 14)]
    [InlineData(1_000_000_000, 512 * 1024)]
    public void Keeps_under_way_what_the_channel_carries_in_the_time_that_others_may_wait(int bytesPerSecond, int most)
    {
        var pace = new TransferPace(_clock, PieceSizes.InLines);
        for (int round = 0; round < 200; round++)
        {
            List<TransferPace.Departure> pieces = Fill(pace);
            foreach (TransferPace.Departure piece in pieces)
            {
                _clock.Advance(TimeSpan.FromSeconds((double)piece.Bytes / bytesPerSecond));
                pace.Arrive(piece);
            }
        }

        Assert.InRange(Fill(pace).Sum(piece => piece.Bytes), 16 * 1024, most);
    }

    [Fact]
    public void A_quick_channel_gets_large_pieces()
    {
        var pace = new TransferPace(_clock, PieceSizes.InLines);
        for (int round = 0; round < 20; round++)
        {
            foreach (TransferPace.Departure piece in Fill(pace))
            {
                _clock.Advance(TimeSpan.FromMicroseconds(50));
                pace.Arrive(piece);
            }
        }

        Assert.Equal(PieceSizes.InLines.Largest, pace.PieceBytes);
    }

    [Fact]
    public void What_was_dropped_makes_room()
    {
        var pace = new TransferPace(_clock, PieceSizes.InLines);
        List<TransferPace.Departure> pieces = Fill(pace);
        Assert.False(pace.HasRoom);
        pace.Drop(pieces[0]);
        Assert.True(pace.HasRoom);
    }

    private static List<TransferPace.Departure> Fill(TransferPace pace)
    {
        List<TransferPace.Departure> pieces = [];
        while (pace.HasRoom)
        {
            pieces.Add(pace.Send(pace.PieceBytes));
        }

        return pieces;
    }
}
