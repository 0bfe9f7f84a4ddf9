using System.Globalization;
using System.Text;
using GuestAgent.Logging;
using Xunit;

namespace GuestAgent.Tests.Unit.Logging;

public sealed class LogLineTests
{
    [Theory]
    [InlineData("a\nb", "a\\x0ab")]
    [InlineData("a\r\tb\0", "a\\x0d\\x09b\\x00")]
    [InlineData("\u001b[2J\u007f", "\\x1b[2J\\x7f")]
    [InlineData("nel \u0085, csi \u009b31m", "nel \\x85, csi \\x9b31m")]
    [InlineData("a\u2028audit op=b\u2029c", "a\\u2028audit op=b\\u2029c")]
    [InlineData("\u202e\u2066\u200f\u061c", "\\u202e\\u2066\\u200f\\u061c")]
    [InlineData("\u200b\u200d\u2060\ufeff\u00ad", "\\u200b\\u200d\\u2060\\ufeff\\xad")]
    [InlineData("\u3164\u115f\u034f\ufe0f\u180b", "\\u3164\\u115f\\u034f\\ufe0f\\u180b")]
    [InlineData("tag \U000e0041", "tag \\U000e0041")]
    [InlineData("not assigned \u0378\uffff", "not assigned \\u0378\\uffff")]
    public void What_a_terminal_or_a_line_splitter_acts_on_is_made_visible(string text, string shown) =>
        Assert.Equal(shown + "\n", Text(text));

    [Fact]
    public void So_is_half_of_a_pair() => Assert.Equal("half \\ud83d and \\ude00\n", Text("half \ud83d and \ude00"));

    [Theory]
    [InlineData("plain text, \"quoted\" \\ and ~")]
    [InlineData("grün, Ελλάδα, 日本語, हिन्दी, ไทย, عربى, עברית")]
    [InlineData("😀 e\u0301 \u00a0 \ufffd \ue000")]
    [InlineData("")]
    public void What_is_shown_as_it_is_stays(string text) => Assert.Equal(text + "\n", Text(text));

    [Fact]
    public void Nothing_that_acts_is_left_of_any_character()
    {
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            // A lone half of a pair is no character of a string that char.ConvertFromUtf32 would make.
            string text = value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
            string line = Text(text)[..^1];
            Assert.All(line.EnumerateRunes(), static rune => Assert.False(
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate,
                $"U+{rune.Value:X4}"));
            Assert.Single(line.ReplaceLineEndings("\n").Split('\n'));
        }
    }

    [Fact]
    public void The_journal_reads_the_priority_in_front() =>
        Assert.Equal("<4>text\n", Encoding.UTF8.GetString(LogLine.Of(4, "text")));

    [Fact]
    public void A_record_has_an_end_whatever_is_in_it()
    {
        Assert.EndsWith("xxx…\n", Text(new string('x', 40_000)), StringComparison.Ordinal);
        Assert.InRange(LogLine.Of(null, new string('\u0001', 1_000_000)).Length, 1000, 40 * 1024);
        Assert.InRange(LogLine.Of(null, new string('語', 1_000_000)).Length, 1000, 100 * 1024);
    }

    private static string Text(string text) => Encoding.UTF8.GetString(LogLine.Of(null, text));
}
