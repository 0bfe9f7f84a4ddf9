using System.Text;
using GuestAgent.Dialects.JsonRpc;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class BrokenOffLineTests
{
    private const string Request = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"exec_command\",\"params\":{\"command\":\"x\",\"env\":{\"A\":\"b\"}}}";

    [Fact]
    public void The_next_hosts_request_is_found_wherever_the_former_one_broke_off()
    {
        for (int cut = 1; cut < Request.Length; cut++)
        {
            Assert.Equal(Request, Find(Request[..cut] + Request));
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":")]
    [InlineData("{\"a\":{\"b\":1}")]
    [InlineData("{\"x\":\"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":2,\\\"method\\\":\\\"ping\\\"}")]
    public void Nothing_is_found_where_there_is_no_whole_request(string line) => Assert.Equal("", Find(line));

    private static string Find(string line) =>
        Encoding.UTF8.GetString(BrokenOffLine.FindRequest(Encoding.UTF8.GetBytes(line)).Span);
}
