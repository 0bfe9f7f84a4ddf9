using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestTextTests
{
    [Fact]
    public void What_could_command_a_terminal_or_forge_a_log_line_is_replaced()
    {
        var e = new GuestConnectionException(ConnectionFailure.Lost, "a\nb\u001b[31mc\u2028d\u202ee\u009bf");
        Assert.Equal("a\uFFFDb\uFFFD[31mc\uFFFDd\uFFFDe\uFFFDf", e.Message);
    }

    [Fact]
    public void A_long_text_is_cut()
    {
        Assert.Equal(GuestText.MaxLength + 1, GuestText.OneLine(new string('x', 1_000_000)).Length);
    }
}
