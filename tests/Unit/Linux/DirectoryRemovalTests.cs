using System.Diagnostics;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Policy;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

public sealed class DirectoryRemovalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SafeFileHandle _parent;
    private readonly SafeFileHandle _held;

    public DirectoryRemovalTests()
    {
        Directory.CreateDirectory(Own);
        File.WriteAllText(Own + "/file", "");
        _parent = Open(_directory.Path);
        _held = Open(Own);
    }

    private string Own => _directory.Path + "/own";

    public void Dispose()
    {
        _held.Dispose();
        _parent.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Where_it_has_been_moved_to_it_is_removed_and_what_has_its_name_too()
    {
        string elsewhere = _directory.Path + "/a/b";
        Directory.CreateDirectory(elsewhere);
        Directory.Move(Own, elsewhere + "/moved");
        Directory.CreateDirectory(Own + "/another");

        Assert.True(Remove());
        Assert.False(Directory.Exists(Own));
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Fact]
    public void A_link_in_its_place_is_removed_and_not_followed()
    {
        string precious = _directory.Path + "/precious";
        Directory.CreateDirectory(precious + "/inner");
        Directory.Move(Own, _directory.Path + "/moved");
        File.CreateSymbolicLink(Own, precious);

        Assert.True(Remove());
        Assert.Equal([precious], Directory.EnumerateFileSystemEntries(_directory.Path));
        Assert.True(Directory.Exists(precious + "/inner"));
    }

    [Fact]
    public void What_is_of_others_stays_wherever_its_owner_has_put_it()
    {
        const uint Nobody = 65534;
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can give files away");
        _held.ChangeOwner(Nobody, Nobody);
        Directory.CreateDirectory(_directory.Path + "/precious");
        File.WriteAllText(_directory.Path + "/precious/file", "kept");
        Directory.CreateDirectory(Own + "/box/precious");
        File.WriteAllText(Own + "/box/precious/file", "kept");
        using (SafeFileHandle box = Open(Own + "/box"))
        {
            box.ChangeOwner(Nobody, Nobody);
        }

        Directory.Move(Own, _directory.Path + "/moved");
        Directory.Move(_directory.Path + "/precious", Own);

        Assert.False(Remove());
        Assert.Equal("kept", File.ReadAllText(Own + "/file"));
        Assert.Equal(
            ["kept"],
            Directory.EnumerateFiles(_directory.Path + "/moved", "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public void One_that_is_gone_already_is_no_failure()
    {
        Directory.Delete(Own, recursive: true);

        Assert.True(Remove());
    }

    [Fact]
    public void One_that_was_moved_to_a_path_longer_than_the_kernel_tells_is_removed()
    {
        // 4096 bytes are the most of a path; each step is by the directory before it.
        var name = new FileName(Encoding.ASCII.GetBytes(new string('x', 250)));
        SafeFileHandle at = Open(_directory.Path);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(0, at.TryMakeDirectory(name, 0x1C0));
            Assert.Equal(0, at.TryOpen(name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle next));
            at.Dispose();
            at = next;
        }

        using (at)
        {
            Assert.Equal(0, _parent.TryRename(Name, at, Name, replace: false));

            Assert.True(Remove());
            Assert.Null(FileStatus.At(at, Name));
        }

        Assert.True(DirectoryRemoval.TryRemove(_parent, new FileName(name.Bytes), Open(_directory.Path + "/" + name)));
    }

    [Fact]
    public void Attributes_that_stop_root_are_taken_off()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can set them");
        Directory.CreateDirectory(Own + "/inner/deep");
        File.WriteAllText(Own + "/inner/deep/file", "");
        string[] all = [Own + "/inner/deep/file", Own + "/inner/deep", Own + "/inner", Own + "/file", Own];
        Assert.SkipUnless(TryChange("+i", all), "this file system has no such attributes");

        Assert.True(Remove());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void Of_the_directory_of_another_user_they_are_not_whoever_has_what_they_keep()
    {
        const uint Nobody = 65534;
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can set them");
        string[] kept = [Own + "/box/root", Own + "/box/nobodys", Own + "/file", Own + "/directory", Own + "/box/directory"];
        Directory.CreateDirectory(Own + "/box");
        Directory.CreateDirectory(kept[3]);
        Directory.CreateDirectory(kept[4]);
        File.WriteAllText(kept[0], "kept");
        File.WriteAllText(kept[1], "kept");
        foreach (string path in (string[])[Own, Own + "/box", kept[1], kept[3]])
        {
            Assert.Equal(0, LinkOwner.Set(path, Nobody));
        }

        Assert.SkipUnless(TryChange("+i", kept), "this file system has no such attributes");
        try
        {
            Assert.False(Remove());
            Assert.All(kept, path => Assert.True(IsFixed(path), path));
        }
        finally
        {
            TryChange("-i", kept);
        }
    }

    // In memory, where there is such a file system: a disk may take milliseconds for each.
    [Fact]
    public void Twelve_thousand_directories_in_each_other_are_removed()
    {
        const string Memory = "/dev/shm";
        string above = Directory.Exists(Memory) ? Path.Combine(Memory, Path.GetRandomFileName()) : _directory.Path + "/deep";
        Directory.CreateDirectory(above + "/own");
        try
        {
            using SafeFileHandle parent = Open(above);
            using SafeFileHandle held = Open(above + "/own");
            SafeFileHandle last = Open(above + "/own");
            for (int i = 0; i < 12_000; i++)
            {
                using SafeFileHandle inner = last;
                Assert.Equal(0, inner.TryMakeDirectory(Name, 0x1C0));
                Assert.Equal(0, inner.TryOpen(Name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out last));
            }

            last.Dispose();
            Assert.True(DirectoryRemoval.TryRemove(parent, Name, held));
            Assert.Empty(Directory.EnumerateFileSystemEntries(above));
        }
        finally
        {
            Directory.Delete(above, recursive: true);
        }
    }

    private static bool TryChange(string attributes, string[] paths)
    {
        using Process change = Process.Start("chattr", [attributes, .. paths]);
        change.WaitForExit();
        return change.ExitCode == 0;
    }

    private static bool IsFixed(string path)
    {
        using SafeFileHandle file = NativeMethods.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC, 0).OrThrow("open " + path);
        return NativeMethods.GetInodeFlags(file, out uint flags) == 0 && (flags & NativeMethods.FS_IMMUTABLE_FL) != 0;
    }

    private static FileName Name => new("own"u8);

    private static SafeFileHandle Open(string path) =>
        NativeMethods.open(path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open " + path);

    private bool Remove() => DirectoryRemoval.TryRemove(_parent, Name, _held);
}
