using System.IO.Pipelines;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dialects;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class JsonRpcAttachTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
    private readonly OutboundLanes _lanes;
    private readonly JsonRpcAttach _attach;

    public JsonRpcAttachTests()
    {
        _lanes = new OutboundLanes(_pipe.Writer, 1 << 20, () => { });
        var live = new LiveSettings(new AgentSettings([], Limits: new LimitSettings(MaxMessageBytes: 4096)));
        var profile = new ListenerProfile(
            new UnixListenerSettings("/run/a.sock", "jsonrpc"), live, new AgentIdentity(new OperationCatalog(), live));
        _attach = new JsonRpcAttach(_lanes, profile, new DefaultConnectionContext());
    }

    [Fact]
    public void What_is_kept_ends_with_the_stay_and_only_once()
    {
        var kept = new Ending();
        var released = new Ending();
        _attach.Keep(kept);
        _attach.Keep(released);
        _attach.Release(released);
        _attach.End();
        _attach.End();
        Assert.Equal((1, 0), (kept.Times, released.Times));
    }

    [Fact]
    public void What_is_kept_too_late_ends_at_once()
    {
        _attach.End();
        var late = new Ending();
        _attach.Keep(late);
        Assert.Equal(1, late.Times);
    }

    [Fact]
    public void What_is_younger_than_the_new_host_stays()
    {
        var young = new Ending();
        _attach.Keep(young);
        _attach.AbandonOlderThan(TimeSpan.FromHours(1));
        Assert.Equal(0, young.Times);

        // Older than a moment in the future is everything.
        _attach.AbandonOlderThan(TimeSpan.FromHours(-1));
        Assert.Equal(1, young.Times);
    }

    [Fact]
    public void Of_events_that_a_host_does_not_read_only_the_newest_waits()
    {
        Assert.False(_attach.IsWaiting(EventsSubscribe.Event));
        for (int i = 1; i <= 1000; i++)
        {
            _attach.PostLatest(EventsSubscribe.Event, new AgentEvents(["network"], i));
        }

        // The first one is being written into the pipe that nobody reads; the last one waits.
        Assert.True(_attach.IsWaiting(EventsSubscribe.Event));
        _lanes.DropOlderThan(TimeSpan.FromHours(1));
        Assert.True(_attach.IsWaiting(EventsSubscribe.Event));
        _lanes.DropOlderThan(TimeSpan.FromHours(-1));
        Assert.False(_attach.IsWaiting(EventsSubscribe.Event));
    }

    [Fact]
    public void Nothing_is_sent_to_a_host_that_is_gone_and_nothing_longer_than_a_message()
    {
        _attach.PostLatest(EventsSubscribe.Event, new AgentEvents([new string('x', 5000)], 1));
        _attach.End();
        _attach.PostLatest(EventsSubscribe.Event, new AgentEvents(["network"], 2));
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    private sealed class Ending : IDisposable
    {
        public int Times { get; private set; }

        public void Dispose() => Times++;
    }
}
