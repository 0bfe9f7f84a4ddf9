using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using GuestAgent.Transports;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace GuestAgent.Tests.Unit.Transports;

public sealed class RetryingListenerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Each_reason_is_told_once_and_again_when_it_has_been_away()
    {
        var connection = new DefaultConnectionContext();
        await using var listener = new Scripted(
            Errno.ENODEV, Errno.ENODEV, Errno.EBUSY, connection, Errno.EBUSY, Errno.EBUSY, connection);
        Assert.Null(listener.Obstacle);
        Assert.Same(connection, await AcceptAsync(listener));
        Assert.Equal(["ENODEV", "EBUSY"], listener.Told);
        Assert.Equal((3, 3), (listener.Pauses, listener.Recoveries));
        Assert.Null(listener.Obstacle);

        Assert.Same(connection, await AcceptAsync(listener));
        Assert.Equal(["ENODEV", "EBUSY", "EBUSY"], listener.Told);
        Assert.Equal([true, true], listener.News);
    }

    [Fact]
    public async Task What_is_in_the_way_shows_while_it_is_waited_out_and_nobody_comes_after_the_end()
    {
        await using var listener = new Scripted(Errno.ENODEV) { PausesForEver = true };
        Task<ConnectionContext?> accepting = AcceptAsync(listener);
        Assert.Equal("ENODEV", listener.Obstacle);
        Assert.False(accepting.IsCompleted);
        await listener.UnbindAsync(TestContext.Current.CancellationToken);
        Assert.Null(await accepting);
        Assert.Null(await AcceptAsync(listener));
    }

    [Fact]
    public async Task A_host_that_is_not_served_costs_no_pause()
    {
        var connection = new DefaultConnectionContext();
        await using var listener = new Scripted(null, null, connection);
        Assert.Same(connection, await AcceptAsync(listener));
        Assert.Equal(0, listener.Pauses);
    }

    [Fact]
    public async Task What_is_open_is_closed_with_it()
    {
        var listener = new Scripted();
        await listener.DisposeAsync();
        Assert.True(listener.IsClosed);
    }

    private static Task<ConnectionContext?> AcceptAsync(Scripted listener) =>
        listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Meets what a test says, one after the other: an error number, a connection, or null for a host that is not served.</summary>
    private sealed class Scripted(params object?[] script) : RetryingListener(new UnixListenerSettings("/run/a.sock", "jsonrpc"))
    {
        private int _next;

        public List<string> Told { get; } = [];

        public List<bool> News { get; } = [];

        public int Pauses { get; private set; }

        public int Recoveries { get; private set; }

        public bool PausesForEver { get; init; }

        public bool IsClosed { get; private set; }

        protected override ValueTask<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            object? next = script[_next++];
            if (next is int errno)
            {
                throw new LinuxException("test", errno);
            }

            if (next is not null)
            {
                News.Add(ClearObstacle());
            }

            return new(next as ConnectionContext);
        }

        protected override string Explain(LinuxException e) => Errno.Name(e.Errno);

        protected override void Recover(LinuxException e) => Recoveries++;

        protected override Task PauseAsync(CancellationToken cancellationToken)
        {
            Pauses++;
            return PausesForEver ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        }

        protected override void Tell(string obstacle) => Told.Add(obstacle);

        protected override void Close() => IsClosed = true;
    }
}
