using System.Text;
using GuestAgent.Cli.Output;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class ScreenTextTests
{
    [Theory]
    [InlineData("plain\tgrüße\n文件 😀", "plain\tgrüße\n文件 😀")]
    [InlineData("a\u001b[2Jb\rc\u009bd\u202ee", "a\\033[2Jb\\rc\\302\\233d\\342\\200\\256e")]
    [InlineData("a\r\nb\r", "a\r\nb\\r")]
    [InlineData("a\u2028b\u2029c\U000E0041d", "a\\342\\200\\250b\\342\\200\\251c\\363\\240\\201\\201d")]
    public void Text_passes_and_commands_do_not(string text, string expected)
    {
        // Byte by byte: characters come in parts.
        using var shown = new MemoryStream();
        using (var screen = new ScreenText(shown))
        {
            foreach (byte one in Encoding.UTF8.GetBytes(text))
            {
                screen.Write([one]);
            }
        }

        Assert.Equal(expected, Encoding.UTF8.GetString(shown.ToArray()));
    }

    [Fact]
    public void A_character_that_is_cut_off_shows_as_wrong()
    {
        using var shown = new MemoryStream();
        using (var screen = new ScreenText(shown))
        {
            screen.Write([(byte)'a', 0xff, 0xe2, 0x82]);
        }

        Assert.Equal("a\\377\\342\\202", Encoding.UTF8.GetString(shown.ToArray()));
    }
}
