using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Linux;

public sealed class EpollLoopTests : IDisposable
{
    private static readonly byte[] OneByte = [42];

    private readonly WatchedPipe _pipe = new();

    public void Dispose() => _pipe.Dispose();

    [Fact]
    public async Task Removal_completes_a_wait_and_says_so()
    {
        Task<Readiness> wait = _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        _pipe.Reader.Dispose();
        Assert.Equal(Readiness.Removed, await wait.InTime());
    }

    [Fact]
    public async Task A_wait_after_removal_completes_every_time()
    {
        _pipe.Reader.Dispose();
        Assert.Equal(Readiness.Removed, await _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
        Assert.Equal(Readiness.Removed, await _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
    }

    [Fact]
    public async Task A_loop_that_stops_completes_the_waits()
    {
        EpollLoop loop = new();
        using WatchedPipe pipe = new(loop);
        Task<Readiness> wait = pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        loop.Dispose();
        Assert.Equal(Readiness.Removed, await wait.InTime());
        Assert.Equal(0, loop.Count);
        loop.Dispose();
    }

    [Fact]
    public async Task A_stopped_loop_takes_no_descriptors()
    {
        EpollLoop loop = new();
        loop.Dispose();
        using WatchedPipe pipe = new(loop);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await pipe.Reader.WaitAsync(Readiness.Input, Waits.Token));
    }

    [Fact]
    public async Task Its_thread_begins_with_the_first_descriptor()
    {
        using EpollLoop loop = new();
        Assert.False(loop.HasStarted);
        using WatchedPipe pipe = new(loop);
        Task<Readiness> wait = pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        Assert.True(loop.HasStarted);
        pipe.Reader.Dispose();
        Assert.Equal(Readiness.Removed, await wait.InTime());
    }

    [Fact]
    public async Task When_it_is_quiet_it_acts_once_and_again_after_something_has_come()
    {
        using SemaphoreSlim acted = new(0);
        int times = 0;
        _pipe.Loop.WhenQuiet(TimeSpan.FromMilliseconds(10), () =>
        {
            times++;
            acted.Release();
        });
        await acted.WaitAsync(Waits.Token).InTime();

        Task<Readiness> wait = _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        await _pipe.Writer.WriteAllAsync(OneByte, Waits.Token).InTime();
        await wait.InTime();

        await acted.WaitAsync(Waits.Token).InTime();
        Assert.Equal(2, times);
    }

    [Fact]
    public void A_file_that_is_always_ready_is_refused()
    {
        string path = Path.GetTempFileName();
        using SafeFileHandle file = File.OpenHandle(path);
        LinuxException failure = Assert.Throws<LinuxException>(() => _pipe.Loop.Register(file));
        File.Delete(path);
        Assert.Equal(Errno.EPERM, failure.Errno);
        Assert.Equal(0, _pipe.Loop.Count);
    }

    [Fact]
    public void What_nobody_waits_for_is_not_watched()
    {
        _pipe.Writer.TryWrite(OneByte);
        Assert.Equal(TransferStatus.Moved, _pipe.Reader.TryRead(new byte[1]).Status);
        Assert.Equal(0, _pipe.Loop.Count);
    }

    [Fact]
    public async Task What_is_closed_is_not_watched_any_more()
    {
        WatchedPipe pipe = new(_pipe.Loop);
        pipe.Dispose();
        Assert.Equal(Readiness.Removed, await pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
        Assert.Equal(0, _pipe.Loop.Count);
    }

    [Fact]
    public async Task A_cancelled_wait_ends_and_loses_no_edge()
    {
        using CancellationTokenSource cancel = new();
        Task<Readiness> wait = _pipe.Reader.WaitAsync(Readiness.Input, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.InTime());
        _pipe.Writer.TryWrite(OneByte);
        Assert.Equal(Readiness.Input, await _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
    }

    [Fact]
    public async Task A_token_cancelled_before_does_not_begin_a_wait()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _pipe.Reader.WaitAsync(Readiness.Input, new CancellationToken(true)).InTime());
        _pipe.Writer.TryWrite(OneByte);
        Assert.Equal(Readiness.Input, await _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
    }

    [Fact]
    public async Task Two_waits_in_one_direction_are_refused()
    {
        _ = _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask());
    }

    [Fact]
    public async Task A_byte_wakes_the_reader()
    {
        Task<Readiness> wait = _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        Assert.False(wait.IsCompleted);
        _pipe.Writer.TryWrite(OneByte);
        Assert.Equal(Readiness.Input, await wait.InTime());
    }

    [Fact]
    public async Task An_edge_before_the_wait_is_kept()
    {
        _pipe.Writer.TryWrite(OneByte);
        Assert.Equal(Readiness.Input, await _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).InTime());
        Assert.False(_pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Room_wakes_the_writer_of_a_full_pipe()
    {
        int held = _pipe.Fill();
        Task<int> write = _pipe.Writer.WriteAsync(OneByte, Waits.Token).AsTask();
        Assert.False(write.IsCompleted);
        _pipe.Reader.TryRead(new byte[held]);
        Assert.Equal(1, await write.InTime());
    }

    [Fact]
    public async Task A_hang_up_wakes_every_direction()
    {
        Task<Readiness> input = _pipe.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask();
        Task<Readiness> output = _pipe.Reader.WaitAsync(Readiness.Output, Waits.Token).AsTask();
        Task<Readiness> either = _pipe.Reader.WaitAsync(Readiness.Input | Readiness.Output, Waits.Token).AsTask();
        _pipe.Writer.Dispose();
        Assert.All(await Task.WhenAll(input, output, either).InTime(), r => Assert.True(r.HasFlag(Readiness.HangUp)));
    }

    [Fact]
    public async Task Waiting_code_never_runs_on_the_loops_thread()
    {
        for (int i = 0; i < 100; i++)
        {
            Task<string?> wait = NameOfThreadAfterAsync(_pipe.Reader);
            _pipe.Writer.TryWrite(OneByte);
            Assert.NotEqual("epoll", await wait.InTime());
            _pipe.Reader.TryRead(new byte[1]);
        }
    }

    [Fact]
    public async Task Many_descriptors_each_get_their_own_edges()
    {
        WatchedPipe[] pipes = [.. Enumerable.Range(0, 500).Select(_ => new WatchedPipe(_pipe.Loop))];
        try
        {
            Task<Readiness>[] waits =
                [.. pipes.Select(p => p.Reader.WaitAsync(Readiness.Input, Waits.Token).AsTask())];
            for (int i = 0; i < pipes.Length; i += 2)
            {
                pipes[i].Writer.TryWrite(OneByte);
            }

            await Task.WhenAll(waits.Where((_, i) => i % 2 == 0)).InTime();
            Assert.All(waits.Where((_, i) => i % 2 == 1), wait => Assert.False(wait.IsCompleted));
            Assert.Equal(500, _pipe.Loop.Count);
        }
        finally
        {
            Array.ForEach(pipes, p => p.Dispose());
        }

        Assert.Equal(0, _pipe.Loop.Count);
    }

    [Fact]
    public async Task No_edge_is_lost_between_two_threads_at_full_speed()
    {
        const int Bytes = 200_000;
        Task write = Task.Run(
            async () =>
            {
                for (int i = 0; i < Bytes; i++)
                {
                    await _pipe.Writer.WriteAsync(OneByte, Waits.Token);
                }
            },
            Waits.Token);
        byte[] buffer = new byte[7];
        for (int got = 0; got < Bytes;)
        {
            got += await _pipe.Reader.ReadAsync(buffer, Waits.Token).InTime();
        }

        await write.InTime();
    }

    private static async Task<string?> NameOfThreadAfterAsync(AsyncDescriptor descriptor)
    {
        await descriptor.WaitAsync(Readiness.Input, Waits.Token);
        return Thread.CurrentThread.Name;
    }
}
