using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class NewFileTests : IDisposable
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileWork _work = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_not_published_leaves_nothing(bool unnamed)
    {
        File.WriteAllText(_work["file"], "former");
        using (NewFile file = _work.Begin("file", unnamed))
        {
            file.Write("new"u8, 0);
        }

        Assert.Equal(["file"], _work.Entries);
        Assert.Equal("former", File.ReadAllText(_work["file"]));
        Assert.Empty(_work.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_finds_no_room_is_an_error_and_leaves_nothing(bool unnamed)
    {
        File.WriteAllText(_work["file"], "former");
        using (NewFile file = _work.Begin("file", unnamed))
        {
            // Beyond what any file system can address.
            var failure = Assert.Throws<LinuxException>(() => file.Write("new"u8, long.MaxValue - 3));
            Assert.Contains(failure.Errno, (int[])[Errno.EFBIG, Errno.EINVAL]);
            Assert.ThrowsAny<LinuxException>(() => file.Reserve(long.MaxValue));
        }

        Assert.Equal(["file"], _work.Entries);
        Assert.Equal("former", File.ReadAllText(_work["file"]));
        Assert.Empty(_work.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_and_a_pipe_are_not_replaced(bool unnamed)
    {
        Directory.CreateDirectory(_work["directory"]);
        Assert.Equal(Errno.EISDIR, Assert.Throws<LinuxException>(() => _work.Write("directory", "x", unnamed: unnamed)).Errno);

        MakePipe(_work["pipe"]);
        var refusal = Assert.Throws<OperationException>(() => _work.Write("pipe", "x", unnamed: unnamed));
        Assert.Equal((ErrorCode.Conflict, "file"), (refusal.Code, refusal.Detail!.Rule));
        Assert.Equal(["directory", "pipe"], _work.Entries);
        Assert.Empty(_work.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_that_is_taken_meanwhile_is_replaced_or_refused_as_asked(bool unnamed)
    {
        using (NewFile file = _work.Begin("file", unnamed))
        {
            File.WriteAllText(_work["file"], "other");
            Assert.Equal(
                Errno.EEXIST,
                Assert.Throws<LinuxException>(() => file.Publish(new NewFileAttributes(), replace: false)).Errno);
        }

        Assert.Equal("other", File.ReadAllText(_work["file"]));
        using (NewFile file = _work.Begin("file", unnamed))
        {
            File.Delete(_work["file"]);
            file.Publish(new NewFileAttributes());
        }

        Assert.Equal("", File.ReadAllText(_work["file"]));
        Assert.Equal(["file"], _work.Entries);
        Assert.Empty(_work.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_that_comes_meanwhile_is_replaced_and_not_followed(bool unnamed)
    {
        string victim = Path.Combine(_work.Files, "..", "victim");
        File.WriteAllText(victim, "untouched");
        using (NewFile file = _work.Begin("file", unnamed))
        {
            File.CreateSymbolicLink(_work["file"], victim);
            file.Write("new"u8, 0);
            file.Publish(new NewFileAttributes());
        }

        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.Null(new FileInfo(_work["file"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_work["file"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_new_file_gets_the_default_or_what_was_asked_for_whatever_the_umask_is(bool unnamed)
    {
        _work.Write("default", "x", unnamed: unnamed);
        _work.Write("asked", "x", new NewFileAttributes(0x1B6 /* 0666 */), unnamed);

        Assert.Equal(0x1A4, (int)File.GetUnixFileMode(_work["default"]));
        Assert.Equal(0x1B6, (int)File.GetUnixFileMode(_work["asked"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replaced_file_hands_on_its_permissions_but_not_setuid(bool unnamed)
    {
        File.WriteAllText(_work["file"], "former");
        File.SetUnixFileMode(_work["file"], OwnerReadsAndWrites | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        _work.Write("file", "new", unnamed: unnamed);

        Assert.Equal(OwnerReadsAndWrites | UnixFileMode.UserExecute, File.GetUnixFileMode(_work["file"]));
        Assert.Equal("new", File.ReadAllText(_work["file"]));
    }

    [Fact]
    public void A_replaced_file_hands_on_its_owner()
    {
        // Only root gives files away; another user keeps his own.
        uint user = FileStatus.EffectiveUserId;
        (uint former, uint group) = user == 0 ? (12345u, 23456u) : (user, LibC.getegid());
        File.WriteAllText(_work["file"], "former");
        using (var file = File.OpenHandle(_work["file"], FileMode.Open, FileAccess.ReadWrite))
        {
            file.ChangeOwner(former, group);
        }

        _work.Write("file", "new");
        Assert.Equal((former, group), Owner("file"));

        _work.Write("file", "newer", new NewFileAttributes(Owner: new FileOwner(user, null)));
        Assert.Equal((user, group), Owner("file"));
    }

    [Fact]
    public void A_reader_of_the_former_file_keeps_it()
    {
        File.WriteAllText(_work["file"], "former");
        using var reader = new StreamReader(_work["file"]);
        _work.Write("file", "new");
        Assert.Equal("former", reader.ReadToEnd());
    }

    public void Dispose() => _work.Dispose();

    private (uint User, uint Group) Owner(string name) =>
        FileStatus.At(_work[name]) is { } status ? (status.UserId, status.GroupId) : default;

    private static void MakePipe(string path) =>
        System.Diagnostics.Process.Start("mkfifo", path).WaitForExit();
}
