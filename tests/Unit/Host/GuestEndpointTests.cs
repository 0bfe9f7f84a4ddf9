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
    [InlineData("")]
    [InlineData("vsock://3:1000")]
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
