using GuestAgent.Errors;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Linux;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class NewFileTests : IDisposable
{
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly byte[] Label = "system_u:object_r:etc_t:s0\0"u8.ToArray();

    private readonly FileWork _work = new();

    /// <summary>The file system of temporary files, and one in memory; files without a name until they are done, or with one.</summary>
    public static TheoryData<string, bool> Places => new()
    {
        { Path.GetTempPath(), true },
        { Path.GetTempPath(), false },
        { "/dev/shm", true },
        { "/dev/shm", false },
    };

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

        Fifo.Make(_work["pipe"]);
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
        (uint former, uint group) = user == 0 ? (12345u, 23456u) : (user, (uint)LibC.getegid());
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

    [Theory]
    [MemberData(nameof(Places))]
    public void A_replaced_file_hands_on_its_attributes_and_its_label(string place, bool unnamed)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can set a label");
        using FileWork work = new(place);
        byte[] large = [.. Enumerable.Range(0, 3000).Select(number => (byte)number)];
        File.WriteAllText(work["file"], "former");
        Attributes.Set(work["file"], "user.empty", []);
        Attributes.Set(work["file"], "user.large", large);
        Attributes.Set(work["file"], "security.selinux", Label);
        work.Write("file", "new", unnamed: unnamed);

        Assert.Equal("new", File.ReadAllText(work["file"]));
        Assert.Empty(Attributes.Get(work["file"], "user.empty")!);
        Assert.Equal(large, Attributes.Get(work["file"], "user.large"));
        Assert.Equal(Label, Attributes.Get(work["file"], "security.selinux"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_replaced_file_does_not_hand_on_what_was_given_to_its_content(string place, bool unnamed)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can set what must not be handed on");
        using FileWork work = new(place);
        File.WriteAllText(work["file"], "former");
        Attributes.Set(work["file"], "security.capability", Attributes.NetRawCapability);
        Attributes.Set(work["file"], "trusted.overlay.opaque", "y"u8.ToArray());
        work.Write("file", "new", unnamed: unnamed);

        Assert.Null(Attributes.Get(work["file"], "security.capability"));
        Assert.Null(Attributes.Get(work["file"], "trusted.overlay.opaque"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_replaced_file_hands_on_its_access_list(string place, bool unnamed)
    {
        using FileWork work = new(place);
        byte[] list = Attributes.AccessList(owner: 6, user: 6, group: 4, mask: 4, others: 0);
        File.WriteAllText(work["file"], "former");
        Attributes.Set(work["file"], Attributes.AccessListName, list);
        work.Write("file", "new", unnamed: unnamed);

        Assert.Equal(list, Attributes.Get(work["file"], Attributes.AccessListName));
        Assert.Equal(0x1A0 /* 0640 */, (int)File.GetUnixFileMode(work["file"]));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Permissions_that_are_asked_for_set_the_mask_of_an_access_list(string place, bool unnamed)
    {
        using FileWork work = new(place);
        File.WriteAllText(work["file"], "former");
        Attributes.Set(
            work["file"], Attributes.AccessListName, Attributes.AccessList(owner: 6, user: 6, group: 4, mask: 6, others: 0));
        work.Write("file", "new", new NewFileAttributes(0x180 /* 0600 */), unnamed);

        // As chmod(1) does: the named user has an entry still, and no access by it.
        Assert.Equal(
            Attributes.AccessList(owner: 6, user: 6, group: 4, mask: 0, others: 0),
            Attributes.Get(work["file"], Attributes.AccessListName));
        Assert.Equal(0x180, (int)File.GetUnixFileMode(work["file"]));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_replaced_file_without_an_access_list_gets_none_from_its_directory(string place, bool unnamed)
    {
        using FileWork work = new(place);
        File.WriteAllText(work["file"], "former");
        File.SetUnixFileMode(work["file"], OwnerReadsAndWrites | UnixFileMode.GroupRead);
        Attributes.Set(
            work.Files, Attributes.DefaultListName, Attributes.AccessList(owner: 7, user: 7, group: 7, mask: 7, others: 0));
        work.Write("file", "new", unnamed: unnamed);

        Assert.Null(Attributes.Get(work["file"], Attributes.AccessListName));
        Assert.Equal(OwnerReadsAndWrites | UnixFileMode.GroupRead, File.GetUnixFileMode(work["file"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attributes_that_find_no_room_are_an_error_and_leave_the_former_file(bool unnamed)
    {
        File.WriteAllText(_work["file"], "former");
        Attributes.Set(_work["file"], "user.kept", new byte[2000]);
        using (NewFile file = _work.Begin("file", unnamed))
        {
            file.Write("new"u8, 0);
            RefusedCalls.RunWithoutRoomForAttributes(() => Assert.Equal(
            Errno.ENOSPC, Assert.Throws<LinuxException>(() => file.Publish(new NewFileAttributes())).Errno));
        }

        Assert.Equal(["file"], _work.Entries);
        Assert.Empty(_work.Records);
        Assert.Equal("former", File.ReadAllText(_work["file"]));
        Assert.Equal(2000, Attributes.Get(_work["file"], "user.kept")!.Length);
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
}
