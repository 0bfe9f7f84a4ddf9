using System.Text;
using GuestAgent.Cli;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

/// <summary>Where copies from a guest end up, against the real file system.</summary>
public sealed class LocalDirectoryTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _place = new();

    [Fact]
    public void A_link_in_the_place_of_a_directory_is_not_followed()
    {
        Directory.CreateDirectory(_place["outside"]);
        Directory.CreateDirectory(_place["in"]);
        File.CreateSymbolicLink(_place["in/etc"], _place["outside"]);
        using var directory = LocalDirectory.Open(_place["in"]);
        var e = Assert.Throws<NoOutputException>(() => directory.OpenOrCreate("etc", Mode, out _));
        Assert.Contains("symbolic link", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outside")]
    [InlineData("nowhere")]
    public void A_link_in_the_place_of_a_file_is_neither_followed_nor_replaced(string target)
    {
        Directory.CreateDirectory(_place["in"]);
        File.WriteAllText(_place["outside"], "mine");
        File.CreateSymbolicLink(_place["in/file"], _place[target]);
        using var directory = LocalDirectory.Open(_place["in"]);
        Assert.Throws<NoOutputException>(() => directory.Begin("file", Mode));
        Assert.Equal("mine", File.ReadAllText(_place["outside"]));
        Assert.Equal(_place[target], new FileInfo(_place["in/file"]).LinkTarget);
        Assert.False(File.Exists(_place["nowhere"]));
    }

    [Fact]
    public void What_a_killed_copy_has_left_is_removed_or_gone_on_with_and_what_a_living_one_writes_is_neither()
    {
        Directory.CreateDirectory(_place["in"]);
        using var directory = LocalDirectory.Open(_place["in"]);
        string left;
        using (LocalDraft first = directory.Begin("file", Mode, resume: true))
        {
            first.Content.Write("begin"u8);
            left = Assert.Single(Directory.GetFiles(_place["in"]));
            using LocalDraft second = directory.Begin("file", Mode, resume: true);
            Assert.Equal(0, second.Content.Length);
            Assert.Equal(2, Directory.GetFiles(_place["in"]).Length);
        }

        Assert.Equal([left], Directory.GetFiles(_place["in"]));
        using (LocalDraft resumed = directory.Begin("file", Mode, resume: true))
        {
            Assert.Equal(5, resumed.Content.Length);
        }

        using (directory.Begin("other", Mode))
        {
            Assert.Contains(left, Directory.GetFiles(_place["in"]));
        }

        using (LocalDraft anew = directory.Begin("file", Mode))
        {
            Assert.Equal(0, anew.Content.Length);
            Assert.Single(Directory.GetFiles(_place["in"]));
        }

        Assert.Empty(Directory.GetFiles(_place["in"]));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("directory")]
    [InlineData("hard link")]
    public async Task What_others_put_in_the_place_of_a_left_over_is_not_touched(string kind)
    {
        Directory.CreateDirectory(_place["in"]);
        await File.WriteAllTextAsync(_place["outside"], "mine", TestContext.Current.CancellationToken);
        using var directory = LocalDirectory.Open(_place["in"]);
        string left;
        using (directory.Begin("file", Mode))
        {
            left = Assert.Single(Directory.GetFiles(_place["in"]));
        }

        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(left, _place["outside"]);
                break;
            case "directory":
                Directory.CreateDirectory(left);
                break;
            default:
                Assert.Equal(0, (await ProgramRun.StartAsync("ln", _place["outside"], left)).ExitCode);
                break;
        }

        foreach (bool resume in (bool[])[false, true])
        {
            using LocalDraft draft = directory.Begin("file", Mode, resume);
            draft.Content.Write("theirs"u8);
            draft.Complete();
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(_place["outside"], TestContext.Current.CancellationToken));
        Assert.Equal("theirs", await File.ReadAllTextAsync(_place["in/file"], TestContext.Current.CancellationToken));
        Assert.True(Path.Exists(left));
    }

    [Fact]
    public void A_link_that_comes_while_a_file_is_written_is_replaced_and_not_followed()
    {
        Directory.CreateDirectory(_place["in"]);
        File.WriteAllText(_place["outside"], "mine");
        using var directory = LocalDirectory.Open(_place["in"]);
        using (LocalDraft draft = directory.Begin("file", Mode))
        {
            draft.Content.Write("theirs"u8);
            File.CreateSymbolicLink(_place["in/file"], _place["outside"]);
            draft.Complete();
        }

        Assert.Equal("mine", File.ReadAllText(_place["outside"]));
        Assert.Equal("theirs", File.ReadAllText(_place["in/file"]));
        Assert.Null(new FileInfo(_place["in/file"]).LinkTarget);
    }

    [Fact]
    public void A_directory_that_is_swapped_for_a_link_leads_nowhere_else()
    {
        Directory.CreateDirectory(_place["in"]);
        Directory.CreateDirectory(_place["outside"]);
        using var directory = LocalDirectory.Open(_place["in"]);
        using LocalDirectory below = directory.OpenOrCreate("sub", Mode | UnixFileMode.UserExecute, out _);
        Directory.Move(_place["in/sub"], _place["in/moved"]);
        File.CreateSymbolicLink(_place["in/sub"], _place["outside"]);
        using (LocalDraft draft = below.Begin("file", Mode))
        {
            draft.Complete();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_place["outside"]));
        Assert.True(File.Exists(_place["in/moved/file"]));
    }

    [Fact]
    public void What_is_not_complete_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(_place["file"], "old");
        using var directory = LocalDirectory.Open(_place.Path);
        using (LocalDraft draft = directory.Begin("file", Mode))
        {
            draft.Content.Write("new"u8);
        }

        Assert.Equal("old", File.ReadAllText(_place["file"]));
        Assert.Equal([_place["file"]], Directory.GetFileSystemEntries(_place.Path));
    }

    [Fact]
    public void A_file_that_is_replaced_keeps_its_permissions_but_never_setuid()
    {
        File.WriteAllText(_place["file"], "old");
        File.SetUnixFileMode(_place["file"], UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.GroupExecute);
        using var directory = LocalDirectory.Open(_place.Path);
        using (LocalDraft draft = directory.Begin("file", Mode))
        {
            draft.Content.Write("new"u8);
            draft.Complete();
        }

        Assert.Equal("new", File.ReadAllText(_place["file"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupExecute, File.GetUnixFileMode(_place["file"]));
    }

    [Fact]
    public void Time_and_permissions_can_be_kept()
    {
        using var directory = LocalDirectory.Open(_place.Path);
        using (LocalDraft draft = directory.Begin("file", Mode))
        {
            draft.Give(new LocalAttributes(UnixFileMode.OtherWrite, Modified: new FileMoment(1_234_567_890_123, 456_789)));
            draft.Complete();
        }

        Assert.Equal(UnixFileMode.OtherWrite, File.GetUnixFileMode(_place["file"]));
        Assert.Equal(
            new FileMoment(1_234_567_890_123, 456_789), FileStatus.Of(_place["file"], follow: false).Modified);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-1500, 999_999)]
    [InlineData(0, 1)]
    public void Times_before_the_epoch_are_times_too(long milliseconds, int nanoseconds)
    {
        var time = new FileMoment(milliseconds, nanoseconds);
        using var directory = LocalDirectory.Open(_place.Path);
        directory.Give(new LocalAttributes(Modified: time));
        Assert.Equal(time, FileStatus.Of(_place.Path, follow: false).Modified);
    }

    [Theory]
    [InlineData(long.MaxValue, int.MaxValue)]
    [InlineData(long.MinValue, int.MinValue)]
    public void A_time_that_no_file_system_has_is_no_defect(long milliseconds, int nanoseconds)
    {
        using var directory = LocalDirectory.Open(_place.Path);
        Exception? e = Record.Exception(
            () => directory.Give(new LocalAttributes(Modified: new FileMoment(milliseconds, nanoseconds))));
        Assert.True(e is null or NoOutputException);
    }

    [Fact]
    public void A_link_takes_the_place_of_a_file_or_link_and_not_of_a_directory()
    {
        Directory.CreateDirectory(_place["sub"]);
        File.WriteAllText(_place["file"], "");
        using var directory = LocalDirectory.Open(_place.Path);
        directory.Link("file", "/one", default);
        directory.Link("file", "two", default);
        Assert.Equal("two", new FileInfo(_place["file"]).LinkTarget);
        Assert.Throws<NoOutputException>(() => directory.Link("sub", "two", default));
        Assert.Equal([_place["file"], _place["sub"]], Directory.GetFileSystemEntries(_place.Path).Order());
    }

    [Fact]
    public void A_name_of_any_length_that_the_file_system_takes_can_be_written()
    {
        string name = new('x', 255);
        using var directory = LocalDirectory.Open(_place.Path);
        using (LocalDraft draft = directory.Begin(name, Mode))
        {
            draft.Content.Write(Encoding.UTF8.GetBytes(name));
            draft.Complete();
        }

        Assert.Equal(name, File.ReadAllText(_place[name]));
    }

    [Fact]
    public void A_device_or_directory_is_not_replaced_by_a_file()
    {
        Directory.CreateDirectory(_place["sub"]);
        using var directory = LocalDirectory.Open(_place.Path);
        Assert.Throws<NoOutputException>(() => directory.Begin("sub", Mode));
        using var devices = LocalDirectory.Open("/dev");
        Assert.Throws<NoOutputException>(() => devices.Begin("null", Mode));
    }

    [Fact]
    public void A_missing_directory_is_told_with_its_path()
    {
        var e = Assert.Throws<NoOutputException>(() => LocalDirectory.Open(_place["none"]));
        Assert.Contains(_place["none"], e.Message, StringComparison.Ordinal);
        Assert.Contains("No such file or directory", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _place.Dispose();
}
