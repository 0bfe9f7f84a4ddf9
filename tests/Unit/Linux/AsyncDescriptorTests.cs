using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>Alone, as a child that another test starts holds a copy of every pipe until its exec.</summary>
[Collection(nameof(Alone))]
public sealed class AsyncDescriptorTests : IDisposable
{
    private readonly WatchedPipe _pipe = new();
    private readonly byte[] _buffer = new byte[1024];

    public void Dispose() => _pipe.Dispose();

    [Fact]
    public async Task A_write_without_a_reader_fails_with_EPIPE_and_no_signal()
    {
        _pipe.Reader.Dispose();
        LinuxException failure = await Assert.ThrowsAsync<LinuxException>(
            () => _pipe.Writer.WriteAsync(_buffer, Waits.Token).InTime());
        Assert.Equal(Errno.EPIPE, failure.Errno);
    }

    [Fact]
    public async Task A_write_that_waits_fails_when_the_reader_goes_away()
    {
        _pipe.Fill();
        Task<int> write = _pipe.Writer.WriteAsync(_buffer, Waits.Token).AsTask();
        _pipe.Reader.Dispose();
        Assert.Equal(Errno.EPIPE, (await Assert.ThrowsAsync<LinuxException>(() => write.InTime())).Errno);
    }

    [Fact]
    public async Task Disposal_ends_a_read_and_a_write_that_wait()
    {
        _pipe.Fill();
        using WatchedPipe other = new(_pipe.Loop);
        Task<int> write = _pipe.Writer.WriteAsync(_buffer, Waits.Token).AsTask();
        Task<int> read = other.Reader.ReadAsync(_buffer, Waits.Token).AsTask();
        _pipe.Writer.Dispose();
        other.Reader.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.InTime());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.InTime());
    }

    [Fact]
    public void A_closed_descriptor_is_never_used_again()
    {
        _pipe.Reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _pipe.Reader.TryRead(_buffer));
        Assert.Throws<ObjectDisposedException>(() => _pipe.Reader.Poll());
        _pipe.Reader.Dispose();
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_descriptor_usable()
    {
        using CancellationTokenSource cancel = new();
        Task<int> read = _pipe.Reader.ReadAsync(_buffer, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.InTime());
        _pipe.Writer.TryWrite("x"u8);
        Assert.Equal(1, await _pipe.Reader.ReadAsync(_buffer, Waits.Token).InTime());
    }

    [Fact]
    public void Nothing_there_and_the_end_are_told_apart()
    {
        Assert.Equal(new Transfer(TransferStatus.WouldBlock, 0), _pipe.Reader.TryRead(_buffer));
        _pipe.Writer.TryWrite("abc"u8);
        Assert.Equal(new Transfer(TransferStatus.Moved, 3), _pipe.Reader.TryRead(_buffer));
        _pipe.Writer.Dispose();
        Assert.Equal(new Transfer(TransferStatus.Nothing, 0), _pipe.Reader.TryRead(_buffer));
    }

    [Fact]
    public async Task The_end_can_be_read_again_and_again()
    {
        _pipe.Writer.TryWrite("abc"u8);
        _pipe.Writer.Dispose();
        Assert.Equal(3, await _pipe.Reader.ReadAsync(_buffer, Waits.Token).InTime());
        Assert.Equal(0, await _pipe.Reader.ReadAsync(_buffer, Waits.Token).InTime());
        Assert.Equal(0, await _pipe.Reader.ReadAsync(_buffer, Waits.Token).InTime());
    }

    [Fact]
    public void The_state_of_this_moment_can_be_asked_for()
    {
        Assert.Equal(Readiness.None, _pipe.Reader.Poll());
        Assert.Equal(Readiness.Output, _pipe.Writer.Poll());
        _pipe.Writer.TryWrite("x"u8);
        Assert.Equal(Readiness.Input, _pipe.Reader.Poll());
        _pipe.Writer.Dispose();
        Assert.Equal(Readiness.Input | Readiness.HangUp, _pipe.Reader.Poll());
        _pipe.Reader.TryRead(_buffer);
        Assert.Equal(Readiness.HangUp, _pipe.Reader.Poll());
    }

    [Fact]
    public async Task More_than_the_pipe_holds_arrives_whole_and_in_order()
    {
        byte[] sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        Task write = WriteAndCloseAsync(sent);
        using MemoryStream received = new();
        int count;
        while ((count = await _pipe.Reader.ReadAsync(_buffer, Waits.Token).InTime()) > 0)
        {
            await received.WriteAsync(_buffer.AsMemory(0, count), Waits.Token);
        }

        await write.InTime();
        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
    }

    private async Task WriteAndCloseAsync(byte[] bytes)
    {
        await _pipe.Writer.WriteAllAsync(bytes, Waits.Token);
        _pipe.Writer.Dispose();
    }
}
