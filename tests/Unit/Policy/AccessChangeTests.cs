using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class AccessChangeTests : IDisposable
{
    private const uint Nobody = 65534;
    private const uint Before = 0x1ED; // 0755
    private const uint During = 0x1C0; // 0700

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // The second would find what the first takes back, and take its own change back to that.
    [Fact]
    public void Of_two_at_once_that_are_taken_back_nothing_is_left()
    {
        using SafeFileHandle directory = Open();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        bool secondStays = true;
        using var begun = new ManualResetEventSlim();
        using var firstIsOver = new ManualResetEventSlim();
        var second = new Thread(() => secondStays = AccessChange.TryMake(directory, Change, IsRefusedLater));

        bool firstStays = AccessChange.TryMake(directory, () => ProcDescriptor.ChangeMode(directory, During), () =>
        {
            second.Start();
            SpinWait.SpinUntil(() => begun.IsSet || second.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            return false;
        });
        firstIsOver.Set();
        second.Join();

        Assert.False(firstStays || secondStays);
        Assert.Equal(Before, FileStatus.Of(directory).Permissions);

        void Change()
        {
            begun.Set();
            ProcDescriptor.ChangeMode(directory, During);
        }

        bool IsRefusedLater()
        {
            firstIsOver.Wait(cancellation);
            return false;
        }
    }

    [Fact]
    public void One_that_does_not_end_holds_up_no_other_for_good()
    {
        using SafeFileHandle directory = Open();
        LinuxException? refusal = null;
        var second = new Thread(() => refusal = Assert.Throws<LinuxException>(
            () => AccessChange.TryMake(directory, () => ProcDescriptor.ChangeMode(directory, During), () => true)));

        bool stays = AccessChange.TryMake(directory, () => { }, () =>
        {
            second.Start();
            second.Join();
            return true;
        });

        Assert.True(stays);
        Assert.Equal(Errno.EBUSY, refusal?.Errno);
        Assert.Equal(Before, FileStatus.Of(directory).Permissions);
    }

    [Fact]
    public void An_agent_that_is_not_root_closes_a_directory_of_its_own_to_itself()
    {
        Assert.Equal(0, LinkOwner.Set(_directory.Path, Nobody));
        using SafeFileHandle directory = Open();
        bool stays = false;
        Exception? failure = null;

        // The thread is not used for anything else: what it may do with files is nobody's from here on.
        var changing = new Thread(() =>
        {
            _ = FileCalls.setfsuid(Nobody);
            failure = Record.Exception(() =>
                stays = AccessChange.TryMake(directory, () => ProcDescriptor.ChangeMode(directory, 0), () => true));
        });
        changing.Start();
        changing.Join();

        Assert.Null(failure);
        Assert.True(stays);
        Assert.Equal(0u, FileStatus.Of(directory).Permissions);
    }

    private SafeFileHandle Open() =>
        NativeMethods.open(_directory.Path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open");
}
