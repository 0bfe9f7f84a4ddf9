using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Files;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

public sealed class FileWordsTests
{
    [Theory]
    [InlineData(FileType.File, "0644", "-rw-r--r--")]
    [InlineData(FileType.Directory, "1777", "drwxrwxrwt")]
    [InlineData(FileType.Directory, "1776", "drwxrwxrwT")]
    [InlineData(FileType.File, "4755", "-rwsr-xr-x")]
    [InlineData(FileType.File, "6644", "-rwSr-Sr--")]
    [InlineData(FileType.Symlink, "0777", "lrwxrwxrwx")]
    [InlineData(FileType.CharacterDevice, "0", "c---------")]
    [InlineData(FileType.Fifo, "777777777777777777777777", "p?????????")]
    [InlineData(FileType.Socket, "\u001b[2J", "s?????????")]
    [InlineData(FileType.BlockDevice, "", "b?????????")]
    public void Modes_are_shown_as_ls_shows_them(FileType type, string permissions, string expected) =>
        Assert.Equal(expected, FileWords.Mode(type, permissions));

    [Fact]
    public void A_long_listing_is_aligned_and_cannot_command_the_terminal()
    {
        FileEntry[] entries =
        [
            new("a", FileType.File, 1536, "0600", "root", null, 0, 4711, 0),
            new("evil\u001b]0;x\u0007\nname", FileType.Symlink, 5, "0777", null, "users", 12345, 100, 0, "to\r/there"),
        ];
        Assert.Equal(
            [
                "-rw-------  root   4711   1.5K  1970-01-01 00:00  a",
                "lrwxrwxrwx  12345  users     5  1970-01-01 00:00  evil\\033]0;x\\a\\nname -> to\\r/there",
            ],
            Listing.Long(entries, human: true, TimeZoneInfo.Utc));
        Assert.All(Listing.Names(entries).Concat(Listing.Columns(entries, 80)), line => Assert.DoesNotContain('\u001b', line));
    }
}
