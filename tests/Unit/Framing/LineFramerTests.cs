using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Framing;
using Xunit;

namespace GuestAgent.Tests.Unit.Framing;

public sealed class LineFramerTests
{
    [Fact]
    public void A_line_over_the_limit_is_reported_once_and_skipped_to_its_end()
    {
        Assert.Equal(["short", "!", "after"], Feed("short\n" + new string('x', 50) + "\nafter\n", limit: 10, piece: 7));
    }

    [Fact]
    public void A_line_over_the_limit_is_reported_before_its_end_has_come()
    {
        var framer = new LineFramer(10);
        var buffer = new ReadOnlySequence<byte>(new byte[12]);
        Assert.Equal(LineStatus.TooLong, framer.TryRead(ref buffer, out _));
        Assert.True(buffer.IsEmpty);
        Assert.True(framer.InsideLine);
        Assert.Equal(LineStatus.NeedMore, framer.TryRead(ref buffer, out _));
    }

    [Theory]
    [InlineData(10, "0123456789")]
    [InlineData(10, "0123456789\r")]
    public void A_line_as_long_as_the_limit_is_accepted(int limit, string line)
    {
        Assert.Equal([line.TrimEnd('\r')], Feed(line + "\n", limit, piece: 1));
    }

    [Fact]
    public void Bytes_after_the_last_line_end_are_no_line()
    {
        Assert.Equal(["a", ""], Feed("a\n\nrest", limit: 100, piece: 3));
    }

    [Fact]
    public void However_the_bytes_are_cut_the_lines_are_the_same()
    {
        Gen<byte> bytes = Gen.Frequency((8, Gen.Choose(32, 126)), (2, Gen.Elements(10)), (1, Gen.Elements(13))).Select(c => (byte)c);
        Prop.ForAll(
            bytes.ListOf().Select(l => l.ToArray()).ToArbitrary(),
            Gen.Choose(1, 40).ToArbitrary(),
            Gen.Choose(1, 30).ToArbitrary(),
            (text, piece, limit) =>
            {
                string input = Encoding.ASCII.GetString(text);
                IEnumerable<string> expected = input.Split('\n')[..^1]
                    .Select(line => line.EndsWith('\r') ? line[..^1] : line)
                    .Select(line => line.Length <= limit ? line : "!");
                // A line that has not ended is news only when it is too long already.
                bool tooLong = input.Split('\n')[^1].Length > limit + 1;
                expected = tooLong ? expected.Append("!") : expected;
                return expected.SequenceEqual(Feed(input, limit, piece));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    // Feeds the bytes as a pipe would: what is not consumed is seen again, with more behind it.
    private static List<string> Feed(string text, int limit, int piece)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        var framer = new LineFramer(limit);
        List<string> lines = [];
        int consumed = 0;
        for (int end = Math.Min(piece, bytes.Length); ; end = Math.Min(end + piece, bytes.Length))
        {
            ReadOnlySequence<byte> buffer = Segments.Cut(bytes.AsMemory(consumed, end - consumed), 5);
            long before = buffer.Length;
            LineStatus status;
            while ((status = framer.TryRead(ref buffer, out ReadOnlySequence<byte> line)) != LineStatus.NeedMore)
            {
                lines.Add(status == LineStatus.Line ? Encoding.ASCII.GetString(line) : "!");
            }

            consumed += (int)(before - buffer.Length);
            if (end == bytes.Length)
            {
                return lines;
            }
        }
    }
}
