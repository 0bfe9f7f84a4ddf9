using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>Alone, as a child that another test starts holds a copy of every pipe until its exec.</summary>
[Collection(nameof(Alone))]
public sealed class StandardDescriptorTests
{
    [Fact]
    public void A_reader_that_has_gone_is_no_failure()
    {
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        using (writer)
        {
            reader.Dispose();
            StandardDescriptor.Write(NumberOf(writer), "lost"u8);
        }
    }

    [Fact]
    public void A_full_disk_is_one()
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        LinuxException failure = Assert.Throws<LinuxException>(() => StandardDescriptor.Write(NumberOf(full), "lost"u8));
        Assert.Equal(Errno.ENOSPC, failure.Errno);
    }

    [Fact]
    public async Task A_pipe_that_somebody_has_made_non_blocking_takes_everything_as_it_is_read()
    {
        byte[] sent = new byte[1024 * 1024];
        new Random(1).NextBytes(sent);
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        await using FileStream stream = new(reader, FileAccess.Read, bufferSize: 0);
        Pipe.SetNonBlocking(writer);
        Task writing = Task.Run(
            () =>
            {
                using (writer)
                {
                    StandardDescriptor.Write(NumberOf(writer), sent);
                }
            },
            Waits.Token);
        using MemoryStream received = new();
        await stream.CopyToAsync(received, Waits.Token);
        await writing.WaitAsync(Waits.Token);
        Assert.Equal(sent, received.ToArray());
    }

    private static int NumberOf(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
