using GuestAgent.Contracts;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Linux.Io;
using GuestAgent.Telemetry;
using Xunit;

namespace GuestAgent.Tests.Unit.Telemetry;

public sealed class GuestEventsTests : IDisposable
{
    private readonly EpollLoop _loop = new();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void Nothing_is_watched_while_nobody_is_told()
    {
        var events = new GuestEvents(_loop, TimeProvider.System);
        var first = new SlowHost();
        var second = new SlowHost();
        Assert.Equal(0, _loop.Count);
        Assert.Equal(["network", "mounts"], events.Subscribe(first));
        events.Subscribe(first);
        events.Subscribe(second);
        Assert.Equal(2, _loop.Count);
        Assert.True(events.Unsubscribe(first));
        Assert.False(events.Unsubscribe(first));
        Assert.Equal(2, _loop.Count);

        // The second host leaves without a word.
        second.Kept!.Dispose();
        Assert.Equal(0, _loop.Count);
        Assert.False(events.Unsubscribe(second));
        Assert.Equal(["network", "mounts"], events.Subscribe(first));
        Assert.Equal(2, _loop.Count);
        events.Unsubscribe(first);
    }

    [Fact]
    public void What_a_host_has_not_read_is_joined_with_what_comes()
    {
        var host = new SlowHost();
        using var subscription = new EventSubscription(new GuestEvents(_loop, TimeProvider.System), host, host);
        subscription.Tell("network");
        host.Waits = true;
        subscription.Tell("mounts");
        subscription.Tell("mounts");
        Assert.Equal(["network", "mounts"], host.Last!.Kinds);
        host.Waits = false;
        subscription.Tell("mounts");
        Assert.Equal(["mounts"], host.Last!.Kinds);
        Assert.Equal(4, host.Last.Sequence);
    }

    // A host whose reading the test decides on.
    private sealed class SlowHost : ISession, IPush
    {
        public IPush Push => this;

        public SessionOrder Order => new(1, 1);

        public bool Waits { get; set; }

        public AgentEvents? Last { get; private set; }

        public IDisposable? Kept { get; private set; }

        public void Keep(IDisposable lasting) => Kept = lasting;

        public void Release(IDisposable lasting)
        {
        }

        public bool IsWaiting<T>(EventContract<T> contract)
            where T : class => Waits;

        public void PostLatest<T>(EventContract<T> contract, T content)
            where T : class => Last = content as AgentEvents;
    }
}
