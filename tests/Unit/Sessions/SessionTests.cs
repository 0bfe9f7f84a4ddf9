using System.IO.Pipelines;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dialects;
using GuestAgent.Errors;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Dialects;
using Xunit;

namespace GuestAgent.Tests.Unit.Sessions;

public sealed class SessionTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
    private readonly OutboundLanes _lanes;
    private readonly Session _session;

    public SessionTests()
    {
        var channel = new AnyChannel(_pipe.Writer, maxMessageBytes: 4096);
        _lanes = channel.Lanes;
        _session = channel.Hosts.Current;
    }

    [Fact]
    public void What_is_kept_ends_with_the_session_and_only_once()
    {
        var kept = new Ending();
        var released = new Ending();
        _session.Keep(kept);
        _session.Keep(released);
        _session.Release(released);
        _session.End();
        _session.End();
        Assert.Equal((1, 0), (kept.Times, released.Times));
    }

    [Fact]
    public void What_is_kept_too_late_ends_at_once()
    {
        _session.End();
        var late = new Ending();
        _session.Keep(late);
        Assert.Equal(1, late.Times);
    }

    [Fact]
    public void What_is_younger_than_the_new_host_stays()
    {
        var young = new Ending();
        _session.Keep(young);
        _session.AbandonOlderThan(TimeSpan.FromHours(1));
        Assert.Equal(0, young.Times);

        // Older than a moment in the future is everything.
        _session.AbandonOlderThan(TimeSpan.FromHours(-1));
        Assert.Equal(1, young.Times);
    }

    [Fact]
    public void Of_events_that_a_host_does_not_read_only_the_newest_waits()
    {
        Assert.False(_session.Push.IsWaiting(EventsSubscribe.Event));
        for (int i = 1; i <= 1000; i++)
        {
            _session.Push.PostLatest(EventsSubscribe.Event, new AgentEvents(["network"], i));
        }

        // The first one is being written into the pipe that nobody reads; the last one waits.
        Assert.True(_session.Push.IsWaiting(EventsSubscribe.Event));
        _lanes.DropOlderThan(TimeSpan.FromHours(1));
        Assert.True(_session.Push.IsWaiting(EventsSubscribe.Event));
        _lanes.DropOlderThan(TimeSpan.FromHours(-1));
        Assert.False(_session.Push.IsWaiting(EventsSubscribe.Event));
    }

    [Fact]
    public void Nothing_is_sent_to_a_host_that_is_gone_and_nothing_longer_than_a_message()
    {
        _session.Push.PostLatest(EventsSubscribe.Event, new AgentEvents([new string('x', 5000)], 1));
        _session.End();
        _session.Push.PostLatest(EventsSubscribe.Event, new AgentEvents(["network"], 2));
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    [Fact]
    public void Where_a_dialect_has_no_way_to_tell_a_host_it_cannot_subscribe()
    {
        Session mute = new AnyOperations(new LimitSettings()).Open();
        var e = Assert.Throws<OperationException>(() => mute.Push);
        Assert.Equal((ErrorCode.NotSupported, "push"), (e.Code, e.Detail?.Rule));
    }

    private sealed class Ending : IDisposable
    {
        public int Times { get; private set; }

        public void Dispose() => Times++;
    }
}
