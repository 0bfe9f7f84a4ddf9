using System.Text;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class NewLinkTests : IDisposable
{
    private const int Links = 2000;

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _state = new();

    public void Dispose()
    {
        _state.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Nobody_ever_sees_one_that_is_the_agents_own()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can give links away");
        using SafeFileHandle directory =
            NativeMethods.open(_directory.Path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open");
        using var names = new TemporaryNames(_state.Path, NullLogger.Instance);
        bool isDone = false;
        Task<int> watching = Task.Run(() =>
        {
            int own = 0;
            while (!Volatile.Read(ref isDone))
            {
                own += OwnLinks(directory);
            }

            return own;
        });
        for (int i = 0; i < Links; i++)
        {
            NewLink.Make(directory, new FileName(Encoding.ASCII.GetBytes($"l{i % 2}")), "/etc"u8, replace: true, names);
        }

        Volatile.Write(ref isDone, true);
        Assert.Equal(0, await watching);
        Assert.Equal("/etc", new FileInfo(_directory.Path + "/l0").LinkTarget);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_directory.Path).Count());
    }

    private static int OwnLinks(SafeFileHandle directory)
    {
        int own = 0;
        directory.TryOpen(FileName.Self, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle listing);
        using (listing)
        {
            using var reader = new DirectoryReader(listing);
            while (reader.Fetch())
            {
                while (reader.TryTake(out ReadOnlySpan<byte> name))
                {
                    own += FileStatus.At(directory, new FileName(name)) is { Kind: FileKind.SymbolicLink, UserId: 0 } ? 1 : 0;
                }
            }
        }

        return own;
    }
}
