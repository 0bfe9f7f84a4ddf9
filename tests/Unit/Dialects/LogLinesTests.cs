using System.Text;
using GuestAgent.Dialects.Workload;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class LogLinesTests
{
    [Theory]
    [InlineData("a\nbc\n", "0:a 2:bc")]
    [InlineData("a\r\n\n\nb", "0:a 3: 4: 5:b")]
    [InlineData("12345678\n9\n", "0:12345678 9:9")]
    [InlineData("123456789\n", "0:12345678 8:9")]
    [InlineData("1234567812345678\n\nx", "0:12345678 8:12345678 17: 18:x")]
    [InlineData("1234567\r\n", "0:1234567")]
    [InlineData("\r", "0:\r")]
    public void Lines_and_their_places_are_the_same_however_the_bytes_come(string text, string expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            List<string> found = [];
            var lines = new LogLines(8, AnyMemory.Call());
            LogLines.Sink sink = (line, offset) => found.Add($"{offset}:{Encoding.ASCII.GetString(line)}");
            foreach (byte[] part in bytes.Chunk(piece))
            {
                lines.Add(part, sink);
            }

            lines.Finish(sink);
            Assert.Equal(expected, string.Join(' ', found));
        }
    }
    [Theory]
    [InlineData("1234567\u00E9", "1234567 \u00E9")]
    [InlineData("123456\u20AC7", "123456 \u20AC7")]
    [InlineData("12345\U0001F600", "12345 \U0001F600")]
    [InlineData("123456\u00E97", "123456\u00E9 7")]
    [InlineData("\u20AC\u20AC\u20AC\n", "\u20AC\u20AC \u20AC")]
    public void A_character_is_not_cut_in_two_where_a_long_line_is(string text, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            List<string> found = [];
            long next = 0;
            var lines = new LogLines(8, AnyMemory.Call());
            LogLines.Sink sink = (line, offset) =>
            {
                Assert.Equal(next, offset);
                next += line.Length;
                found.Add(Encoding.UTF8.GetString(line));
            };
            foreach (byte[] part in bytes.Chunk(piece))
            {
                lines.Add(part, sink);
            }

            lines.Finish(sink);
            Assert.Equal(expected, string.Join(' ', found));
        }
    }

    [Fact]
    public void What_is_no_text_is_cut_anywhere()
    {
        List<int> lengths = [];
        var lines = new LogLines(8, AnyMemory.Call());
        LogLines.Sink sink = (line, _) => lengths.Add(line.Length);
        lines.Add(Enumerable.Repeat((byte)0x80, 20).ToArray(), sink);
        lines.Finish(sink);

        Assert.Equal([8, 8, 4], lengths);
    }
}
