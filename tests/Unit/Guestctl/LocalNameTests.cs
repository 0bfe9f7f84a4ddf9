using GuestAgent.Cli.Local;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class LocalNameTests
{
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    public void A_name_that_is_no_plain_component_must_not_be_used(string name) => Assert.NotNull(LocalName.Fault(name));

    [Fact]
    public void A_name_that_is_not_Unicode_must_not_be_used() => Assert.NotNull(LocalName.Fault("a\ud800"));

    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("..a")]
    [InlineData(" ")]
    [InlineData("-rf")]
    [InlineData("a\\b")]
    [InlineData("größe 文件")]
    [InlineData("line\nfeed\u001b[2J")]
    public void Any_plain_component_may_be_used(string name) => Assert.Null(LocalName.Fault(name));

    [Fact]
    public void A_name_is_as_long_as_file_systems_take()
    {
        Assert.Null(LocalName.Fault(new string('ä', 127) + "a"));
        Assert.NotNull(LocalName.Fault(new string('ä', 128)));
    }
}
