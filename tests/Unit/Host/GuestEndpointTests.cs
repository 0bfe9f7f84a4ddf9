using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestEndpointTests
{
    [Theory]
    [InlineData("unix:///run/vm1/agent.sock", "/run/vm1/agent.sock")]
    [InlineData("UNIX:///run/a", "/run/a")]
    [InlineData("unix:///run/a%20b%3Fc", "/run/a b?c")]
    [InlineData("/run/vm1/agent.sock", "/run/vm1/agent.sock")]
    [InlineData("/run/100%25?#", "/run/100%25?#")]
    public void A_path_is_read_from_both_forms(string text, string path)
    {
        Assert.Equal(path, GuestEndpoint.Parse(text).SocketPath);
    }

    [Theory]
    [InlineData("vsock://3:1000", 3, 1000)]
    [InlineData("VSOCK://1:4294967294", 1, 4294967294)]
    public void A_vsock_address_is_read(string text, uint cid, uint port)
    {
        var endpoint = GuestEndpoint.Parse(text);

        Assert.Equal((GuestEndpointScheme.Vsock, cid, port), (endpoint.Scheme, endpoint.Cid, endpoint.Port));
        Assert.Equal(endpoint, GuestEndpoint.Vsock(cid, port));
        Assert.Equal(endpoint, GuestEndpoint.Parse(endpoint.ToString()));
    }

    [Fact]
    public async Task A_vsock_port_of_the_host_can_be_listened_on_and_not_connected_to()
    {
        var endpoint = GuestEndpoint.Parse("vsock://:2000");

        Assert.Equal((GuestEndpointScheme.Vsock, uint.MaxValue, 2000u), (endpoint.Scheme, endpoint.Cid, endpoint.Port));
        Assert.Equal(endpoint, GuestEndpoint.VsockListener(2000));
        Assert.Equal("vsock://:2000", endpoint.ToString());
        await Assert.ThrowsAsync<GuestEndpointException>(
            () => GuestClient.ConnectAsync(endpoint, null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("hybrid:///run/vm1/v.sock:1000", "/run/vm1/v.sock", 1000)]
    [InlineData("hybrid:///run/a:b%20c:7", "/run/a:b c", 7)]
    public void A_path_and_a_port_are_read(string text, string path, uint port)
    {
        var endpoint = GuestEndpoint.Parse(text);

        Assert.Equal((GuestEndpointScheme.Hybrid, path, port), (endpoint.Scheme, endpoint.SocketPath, endpoint.Port));
        Assert.Equal(endpoint, GuestEndpoint.Hybrid(path, port));
        Assert.Equal(endpoint, GuestEndpoint.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vsock://3")]
    [InlineData("vsock://:")]
    [InlineData("vsock://:0")]
    [InlineData("vsock://3:")]
    [InlineData("vsock://-1:1000")]
    [InlineData("vsock://3:+1000")]
    [InlineData("vsock://3: 1000")]
    [InlineData("vsock://4294967295:1000")]
    [InlineData("vsock://3:0")]
    [InlineData("vsock://3:4294967296")]
    [InlineData("hybrid:///run/v.sock")]
    [InlineData("hybrid:///run/v.sock:0")]
    [InlineData("hybrid:///run/v.sock:1000?x")]
    [InlineData("hybrid://run/v.sock:1000")]
    [InlineData("hybrid:///run/:1000")]
    [InlineData("run/agent.sock")]
    [InlineData("unix://run/agent.sock")]
    [InlineData("unix:/run/agent.sock")]
    [InlineData("unix:///run/")]
    [InlineData("unix:///run/a?b")]
    [InlineData("unix:///run/a%00b")]
    [InlineData("/")]
    [InlineData("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_endpoint_is_refused_with_a_typed_error(string text)
    {
        Assert.False(GuestEndpoint.TryParse(text, out GuestEndpoint? endpoint));
        Assert.Null(endpoint);
        Assert.Equal(text, Assert.Throws<GuestEndpointException>(() => GuestEndpoint.Parse(text)).Endpoint);
    }

    [Theory]
    [InlineData("/run/vm1/agent.sock")]
    [InlineData("/run/a b?c#d%41ä")]
    public void The_uri_form_names_the_same_endpoint(string path)
    {
        GuestEndpoint endpoint = GuestEndpoint.Unix(path);
        Assert.StartsWith("unix:///", endpoint.ToString(), StringComparison.Ordinal);
        Assert.Equal(endpoint, GuestEndpoint.Parse(endpoint.ToString()));
    }

    [Fact]
    public void The_longest_path_of_linux_is_accepted()
    {
        string path = "/" + new string('a', GuestEndpoint.MaxSocketPathBytes - 1);
        Assert.Equal(path, GuestEndpoint.Unix(path).SocketPath);
    }
}
