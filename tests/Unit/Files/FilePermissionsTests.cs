using GuestAgent.Errors;
using GuestAgent.Files;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class FilePermissionsTests
{
    [Theory]
    [InlineData("644", 0x1A4u)]
    [InlineData("0644", 0x1A4u)]
    [InlineData("0000", 0u)]
    [InlineData("1777", 0x3FFu)]
    public void Octal_digits_are_bits(string text, uint bits) => Assert.Equal(bits, FilePermissions.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("44")]
    [InlineData("00644")]
    [InlineData("0648")]
    [InlineData("rwx")]
    [InlineData("-644")]
    [InlineData(" 644")]
    [InlineData("0o64")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal("value", Assert.Throws<OperationException>(() => FilePermissions.Parse(text)).Detail!.Rule);

    [Theory]
    [InlineData("4755")]
    [InlineData("2755")]
    [InlineData("7777")]
    public void Setuid_and_setgid_are_refused(string text) =>
        Assert.Equal("set_id", Assert.Throws<OperationException>(() => FilePermissions.Parse(text)).Detail!.Rule);

    [Fact]
    public void Bits_are_written_with_four_digits() => Assert.Equal("0007", FilePermissions.Format(7));
}
