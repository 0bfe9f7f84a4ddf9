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
            var lines = new LogLines(8);
            LogLines.Sink sink = (line, offset) => found.Add($"{offset}:{Encoding.ASCII.GetString(line)}");
            foreach (byte[] part in bytes.Chunk(piece))
            {
                lines.Add(part, sink);
            }

            lines.Finish(sink);
            Assert.Equal(expected, string.Join(' ', found));
        }
    }
}
