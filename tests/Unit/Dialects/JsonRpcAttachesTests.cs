using System.IO.Pipelines;
using GuestAgent.Dialects;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

/// <summary>Who is there, told by the transport and by the hosts themselves, in either order.</summary>
public sealed class JsonRpcAttachesTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly JsonRpcAttaches _attaches;

    public JsonRpcAttachesTests()
    {
        var lanes = new OutboundLanes(_pipe.Writer, 1 << 20, () => { });
        var live = new LiveSettings(new AgentSettings([]));
        var profile = new ListenerProfile(
            new VirtioSerialListenerSettings("org.guestagent.0", "jsonrpc"),
            live,
            new AgentIdentity(new OperationCatalog(), live));
        _attaches = new JsonRpcAttaches(lanes, profile, new DefaultConnectionContext());
    }

    [Fact]
    public void News_of_a_host_that_has_said_hello_already_is_no_news()
    {
        _attaches.Start();
        // The next one says hello before the transport tells of it.
        _attaches.Start();
        JsonRpcAttach second = _attaches.Current;
        Assert.False(_attaches.HostChanged());
        Assert.Same(second, _attaches.Current);
        Assert.False(second.Ended);
    }

    [Fact]
    public void News_of_a_host_is_late_once_only()
    {
        _attaches.Start();
        _attaches.Start();
        Assert.False(_attaches.HostChanged());
        Assert.True(_attaches.HostChanged());
    }

    [Fact]
    public void News_that_comes_before_the_hello_is_news_and_so_is_the_next()
    {
        _attaches.Start();
        Assert.True(_attaches.HostChanged());
        _attaches.Start();
        Assert.True(_attaches.HostChanged());
    }

    [Fact]
    public void The_first_host_needs_no_news_beside_its_connection()
    {
        _attaches.Start();
        Assert.True(_attaches.HostChanged());
    }
}
