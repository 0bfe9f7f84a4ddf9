using System.IO.Pipelines;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Sessions;
using GuestAgent.Tests.Unit.Dialects;
using Xunit;

namespace GuestAgent.Tests.Unit.Sessions;

/// <summary>Who is there, told by the transport and by the hosts themselves, in either order.</summary>
public sealed class HostSessionsTests
{
    private readonly HostSessions<JsonRpcSession> _hosts =
        new AnyChannel(new Pipe(new PipeOptions(pauseWriterThreshold: 0)).Writer).Hosts;

    [Fact]
    public void News_of_a_host_that_has_said_hello_already_is_no_news()
    {
        _hosts.Start();
        // The next one says hello before the transport tells of it.
        _hosts.Start();
        JsonRpcSession second = _hosts.Current;
        Assert.False(_hosts.HostChanged());
        Assert.Same(second, _hosts.Current);
        Assert.False(second.Ended);
    }

    [Fact]
    public void News_of_a_host_is_late_once_only()
    {
        _hosts.Start();
        _hosts.Start();
        Assert.False(_hosts.HostChanged());
        Assert.True(_hosts.HostChanged());
    }

    [Fact]
    public void News_that_comes_before_the_hello_is_news_and_so_is_the_next()
    {
        _hosts.Start();
        Assert.True(_hosts.HostChanged());
        _hosts.Start();
        Assert.True(_hosts.HostChanged());
    }

    [Fact]
    public void The_first_host_needs_no_news_beside_its_connection()
    {
        _hosts.Start();
        Assert.True(_hosts.HostChanged());
    }
}
