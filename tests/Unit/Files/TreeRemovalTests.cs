using System.Text;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Policy;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class TreeRemovalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SafeFileHandle _handle;

    public TreeRemovalTests() =>
        _handle = NativeMethods.open(_directory.Path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open");

    [Fact]
    public async Task A_tree_is_deleted_and_what_its_links_lead_to_stays()
    {
        string outside = _directory.Write("outside", "stays");
        Directory.CreateDirectory(At("outside-tree"));
        _directory.Write("outside-tree/file", "stays");
        foreach (int i in Enumerable.Range(0, 300))
        {
            Directory.CreateDirectory(At($"tree/{i}/a/b"));
            _directory.Write($"tree/{i}/a/file", "x");
        }

        File.CreateSymbolicLink(At("tree/0/link"), outside);
        Directory.CreateSymbolicLink(At("tree/0/tree-link"), At("outside-tree"));

        Assert.Equal(1 + (300 * 4) + 2, await RemoveAsync());
        Assert.False(Directory.Exists(At("tree")));
        Assert.True(File.Exists(At("outside-tree/file")));
        Assert.True(File.Exists(outside));
    }

    [Fact]
    public async Task A_tree_deeper_than_a_path_and_than_the_descriptors_held_is_deleted()
    {
        const int Levels = 1000;
        FileName level = new("level"u8);
        Directory.CreateDirectory(At("tree"));
        SafeFileHandle deepest = Open(_handle, new FileName("tree"u8));
        for (int i = 0; i < Levels; i++)
        {
            Assert.Equal(0, deepest.TryMakeDirectory(level, 0x1ED));
            Assert.Equal(0, deepest.TryOpen(new FileName("file"u8), LibC.O_CREAT | LibC.O_WRONLY, 0x180, out SafeFileHandle file));
            file.Dispose();
            SafeFileHandle next = Open(deepest, level);
            deepest.Dispose();
            deepest = next;
        }

        deepest.Dispose();
        Assert.Equal(1 + (2 * Levels), await RemoveAsync());
        Assert.False(Directory.Exists(At("tree")));
    }

    [Fact]
    public async Task A_mount_point_is_not_entered()
    {
        const int Bind = 0x1000;
        const int Detach = 2;
        Directory.CreateDirectory(At("other"));
        _directory.Write("other/file", "stays");
        Directory.CreateDirectory(At("tree/mount"));
        if (FileCalls.mount(At("other"), At("tree/mount"), "", Bind, 0) != 0)
        {
            // A container may not mount, and then nobody in it has.
            return;
        }

        try
        {
            LinuxException e = await Assert.ThrowsAsync<LinuxException>(RemoveAsync);
            Assert.Equal(Errno.EBUSY, e.Errno);
            Assert.True(File.Exists(At("other/file")));
        }
        finally
        {
            Assert.Equal(0, FileCalls.umount2(At("tree/mount"), Detach));
        }
    }

    [Fact]
    public async Task Deleting_stops_when_it_is_cancelled()
    {
        Directory.CreateDirectory(At("tree/a"));
        using var removal = new TreeRemoval(_handle, new FileName("tree"u8));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => removal.RunAsync(new CancellationToken(canceled: true)).AsTask());
        Assert.True(Directory.Exists(At("tree/a")));
    }

    [Fact]
    public async Task Nothing_outside_is_deleted_while_others_exchange_directories_for_links()
    {
        Directory.CreateDirectory(At("precious"));
        _directory.Write("precious/file", "stays");
        using var end = new CancellationTokenSource();
        Task others = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    Try(() => Directory.CreateDirectory(At("tree/a/b")));
                    Try(() => Directory.Move(At("tree/a"), At("tree/was")));
                    Try(() => Directory.CreateSymbolicLink(At("tree/a"), At("precious")));
                    Try(() => File.Move(At("tree/a"), At("tree/link")));
                }
            },
            CancellationToken.None);
        for (int i = 0; i < 20_000; i++)
        {
            try
            {
                await RemoveAsync();
            }
            catch (LinuxException)
            {
                // What others have done meanwhile may be in the way.
            }
        }

        await end.CancelAsync();
        await others.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(File.Exists(At("precious/file")));
    }

    public void Dispose()
    {
        _handle.Dispose();
        _directory.Dispose();
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The removal was faster.
        }
    }

    private static SafeFileHandle Open(SafeFileHandle directory, FileName name)
    {
        Assert.Equal(0, directory.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle opened));
        return opened;
    }

    private async Task<long> RemoveAsync()
    {
        using var removal = new TreeRemoval(_handle, new FileName(Encoding.UTF8.GetBytes("tree")));
        await removal.RunAsync(TestContext.Current.CancellationToken);
        return removal.Deleted;
    }

    private string At(string name) => $"{_directory.Path}/{name}";
}
