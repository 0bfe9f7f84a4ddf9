using System.Net;
using GuestAgent.Settings;
using Xunit;

namespace GuestAgent.Tests.Unit.Settings;

/// <summary>Entries of <c>policy.forward</c>.</summary>
public sealed class ForwardPatternTests
{
    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":80")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:90-80")]
    [InlineData("localhost:1-2-3")]
    [InlineData("localhost: 80")]
    [InlineData("localhost:+80")]
    [InlineData("example.org:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[fe80::1%1]:80")]
    [InlineData("10.0.0.1/8:80")]
    [InlineData("10.0.0.0/33:80")]
    public void What_makes_no_sense_is_told(string entry)
    {
        Assert.NotNull(ForwardPattern.TryParse(entry, out ForwardPattern? pattern));
        Assert.Null(pattern);
    }

    [Theory]
    [InlineData("localhost:22", "127.0.0.1", 22, true)]
    [InlineData("localhost:22", "::1", 22, true)]
    [InlineData("localhost:22", "127.0.0.2", 22, false)]
    [InlineData("localhost:22", "127.0.0.1", 23, false)]
    [InlineData("127.0.0.1:22", "::1", 22, false)]
    [InlineData("10.0.0.0/8:8000-8099", "10.255.0.1", 8099, true)]
    [InlineData("10.0.0.0/8:8000-8099", "11.0.0.1", 8099, false)]
    [InlineData("10.0.0.0/8:8000-8099", "10.0.0.1", 8100, false)]
    [InlineData("0.0.0.0/0:*", "::1", 80, false)]
    [InlineData("[fd00::/8]:*", "fd12::1", 65535, true)]
    [InlineData("[::1]:80", "::1", 80, true)]
    [InlineData("*:80", "192.0.2.1", 80, true)]
    [InlineData("*:80", "2001:db8::1", 80, true)]
    [InlineData("localhost:*", "127.0.0.1", 0, true)]
    [InlineData("localhost:1-65535", "127.0.0.1", 0, true)]
    [InlineData("localhost:80", "127.0.0.1", 0, false)]
    [InlineData("localhost:1024-65535", "127.0.0.1", 0, false)]
    public void An_entry_allows_what_it_says_and_nothing_else(string entry, string address, int port, bool allowed)
    {
        Assert.Null(ForwardPattern.TryParse(entry, out ForwardPattern? pattern));
        Assert.Equal(allowed, pattern!.Matches(IPAddress.Parse(address), port));
    }
}
