using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestTextTests
{
    [Fact]
    public void What_could_command_a_terminal_or_forge_a_log_line_is_escaped()
    {
        var e = new GuestConnectionException(ConnectionFailure.Lost, "a\nb\u001b[31mc\u2028d\u202ee\u009bf");
        Assert.Equal("a\\nb\\033[31mc\\342\\200\\250d\\342\\200\\256e\\302\\233f", e.Message);
    }

    [Theory]
    [InlineData("\u200b")]
    [InlineData("\u200d")]
    [InlineData("\u2066")]
    [InlineData("\ufeff")]
    [InlineData("\u00ad")]
    [InlineData("\u034f")]
    [InlineData("\u061c")]
    [InlineData("\u115f")]
    [InlineData("\u3164")]
    [InlineData("\uffa0")]
    [InlineData("\ufe0f")]
    [InlineData("\udb40\udc41")]
    [InlineData("\udb40\udd00")]
    [InlineData("\u007f")]
    [InlineData("\0")]
    public void What_is_not_seen_is_escaped(string text)
    {
        string line = GuestText.OneLine($"a{text}b");
        Assert.Matches(@"^a(\\[0-7]{3})+b$", line);
    }

    [Theory]
    [InlineData("grüße 文件 😀 e\u0301 עברית العربية")]
    [InlineData("C:\\dir\\new")]
    public void What_is_seen_stays(string text) => Assert.Equal(text, GuestText.OneLine(text));

    [Fact]
    public void An_escape_is_never_cut()
    {
        Assert.Equal("abc…", GuestText.OneLine("abc\u202e", 5));
        Assert.Equal("abc\\342\\200\\256", GuestText.OneLine("abc\u202e", 15));
    }

    [Fact]
    public void No_character_is_cut_in_two_and_those_beyond_16_bits_are_looked_at_too()
    {
        Assert.Equal("x…", GuestText.OneLine("x\U0001F600", 2));
        Assert.DoesNotContain("\U000E0041", GuestText.OneLine("a\U000E0041b"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_cut()
    {
        Assert.Equal(GuestText.MaxLength + 1, GuestText.OneLine(new string('x', 1_000_000)).Length);
    }
}
