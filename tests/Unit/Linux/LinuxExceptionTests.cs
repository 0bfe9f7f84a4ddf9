using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

public sealed class LinuxExceptionTests
{
    [Fact]
    public void The_message_says_what_failed_and_why()
    {
        LinuxException failure = new("open /x", Errno.ENOENT);
        Assert.Equal("open /x: no such file or directory (ENOENT)", failure.Message);
        Assert.Equal(Errno.ENOENT, failure.Errno);
    }

    [Fact]
    public void An_errno_without_a_name_keeps_its_number() =>
        Assert.Equal("x: unknown error (errno 1234)", new LinuxException("x", 1234).Message);

    [Fact]
    public void A_call_that_failed_leaves_its_errno()
    {
        LinuxException failure = Assert.Throws<LinuxException>(
            () => NativeMethods.open("/nonexistent/file", LibC.O_RDONLY, 0).OrThrow("open"));
        Assert.Equal(Errno.ENOENT, failure.Errno);
    }
}
