using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Dialects.Http.Logs;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.Http;

/// <summary>Lines of content that comes in any pieces.</summary>
public sealed class LogLinesTests
{
    [Theory]
    [InlineData("a\nb\n", "a", "b")]
    [InlineData("a\n\nb", "a", "", "b")]
    [InlineData("a\r\nb\r", "a", "b")]
    [InlineData("k\r\r\r\n", "k\r\r")]
    [InlineData("ü\n€\n", "ü", "€")]
    [InlineData("\"\\\u0001\n", "\"\\\u0001")]
    [InlineData("")]
    public void Lines_are_the_same_however_they_come(string text, params string[] lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int size = 1; size <= bytes.Length + 1; size++)
        {
            var cut = new LogLines("x", TimeProvider.System);
            List<byte[]> told = [.. bytes.Chunk(size).SelectMany(piece => Take(cut, piece))];
            told.AddRange(cut.Finish() is { } last ? [last] : []);

            Assert.Equal(lines, told.Select(one => (string?)JsonNode.Parse(one)!["line"]));
        }
    }

    [Fact]
    public void A_line_without_an_end_is_told_in_parts()
    {
        var cut = new LogLines("x", TimeProvider.System);
        List<byte[]> told = Take(cut, new byte[(2 * LogLines.MostBytes) + 7]);

        Assert.Equal(2, told.Count);
        Assert.Equal(7, ((string?)JsonNode.Parse(cut.Finish()!)!["line"])!.Length);
        Assert.Null(cut.Finish());
    }

    [Theory]
    [InlineData("x", "é", 9000)]
    [InlineData("xy", "€", 6000)]
    [InlineData("xyz", "😀", 5000)]
    [InlineData("", "\r", 16384)]
    [InlineData("y", "\r", 16390)]
    public void The_parts_of_a_long_line_are_the_line(string first, string one, int count)
    {
        string line = first + string.Concat(Enumerable.Repeat(one, count));
        List<byte[]> told = Take(new LogLines("x", TimeProvider.System), Encoding.UTF8.GetBytes(line + "\r\nnext\n"));
        string[] lines = [.. told.Select(part => (string)JsonNode.Parse(part)!["line"]!)];
        Assert.Equal("next", lines[^1]);
        Assert.Equal(line, string.Concat(lines[..^1]));
    }

    private static List<byte[]> Take(LogLines lines, ReadOnlyMemory<byte> bytes)
    {
        List<byte[]> told = [];
        while (lines.Next(ref bytes) is { } line)
        {
            told.Add(line);
        }

        return told;
    }
}
