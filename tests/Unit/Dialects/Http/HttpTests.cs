using System.Text;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dialects;
using GuestAgent.Dialects.Http;
using GuestAgent.Errors;
using GuestAgent.Memory;
using GuestAgent.Wire.Http;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.Http;

/// <summary>The parts of the dialect that need no connection.</summary>
public sealed class HttpTests
{
    [Fact]
    public void Every_error_has_a_status_of_an_error() =>
        Assert.All(Enum.GetValues<ErrorCode>(), code => Assert.InRange(HttpErrors.ToStatus(code), 400, 599));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m0s")]
    [InlineData(3599, "59m59s")]
    [InlineData(3600, "1h0m0s")]
    [InlineData(360_061, "100h1m1s")]
    public void A_duration_is_written_as_go_writes_it(double seconds, string words) =>
        Assert.Equal(words, HttpHealth.Words(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("{\"command\":\"x\"}", true, true)]
    [InlineData(" { \"command\":\"x\" } ", true, true)]
    [InlineData("{\"command\":\"x\",\"stream\":true}", true, true)]
    [InlineData("{\"command\":\"x\",\"stream\":false}", true, false)]
    [InlineData("{\"command\":\"x\",\"stream\":false}", false, false)]
    [InlineData("{\"command\":\"x\",\"env\":{\"stream\":\"true\"}}", false, false)]
    [InlineData("{\"command\":\"x\",\"env\":{\"stream\":\"true\"}}", true, true)]
    [InlineData("{\"command\":\"x\"}", false, false)]
    public void Events_are_asked_for_where_the_host_takes_them_and_does_not_say(string json, bool wantsEvents, bool streams)
    {
        using Held held = Of(json, wantsEvents);

        Assert.Equal(streams, held.Arguments.Read(ExecCommand.Contract.Request).Stream);
    }

    [Theory]
    [InlineData("", true, ErrorCode.InvalidParameters)]
    [InlineData("{}", true, ErrorCode.InvalidParameters)]
    [InlineData("[]", true, ErrorCode.InvalidParameters)]
    [InlineData("7", true, ErrorCode.InvalidParameters)]
    [InlineData("{\"command\":\"x\",\"stream\":true}", false, ErrorCode.InvalidParameters)]
    [InlineData("{\"command\":\"x\",\"stream\":1}", true, ErrorCode.InvalidParameters)]
    [InlineData("{\"command\":\"x\",\"stream\":true,\"stream\":true}", true, ErrorCode.InvalidParameters)]
    [InlineData("{", true, ErrorCode.ParseError)]
    [InlineData("{} {}", true, ErrorCode.ParseError)]
    public void What_is_no_request_is_refused(string json, bool wantsEvents, ErrorCode code)
    {
        using Held held = Of(json, wantsEvents);

        Assert.Equal(code, Assert.Throws<OperationException>(() => held.Arguments.Read(ExecCommand.Contract.Request)).Code);
    }

    [Fact]
    public void What_is_not_utf8_is_refused()
    {
        using Held held = Of([.. "{\"x\":\""u8, 0xff, .. "\"}"u8], wantsEvents: false);

        Assert.Equal(
            ErrorCode.ParseError, Assert.Throws<OperationException>(() => held.Arguments.Read(Ping.Contract.Request)).Code);
    }

    [Fact]
    public void Memory_is_given_back()
    {
        Held held = Of("{\"command\":\"" + new string('x', 100_000) + "\"}", wantsEvents: false);
        Assert.True(held.Share.Held > 100_000);
        Assert.True(held.Arguments.TryHold());
        held.Arguments.Release();
        held.Dispose();

        Assert.Equal(0, held.Share.Held);
    }

    private static Held Of(string json, bool wantsEvents) => Of(Encoding.UTF8.GetBytes(json), wantsEvents);

    private static Held Of(byte[] json, bool wantsEvents)
    {
        MemoryShare share = AnyMemory.Share();
        ReceivedLine? body = json.Length == 0 ? null : ReceivedLine.TryCopy(new(json), share);
        return new Held(new HttpArguments(body, wantsEvents), body, share);
    }

    private sealed record Held(HttpArguments Arguments, ReceivedLine? Body, MemoryShare Share) : IDisposable
    {
        public void Dispose() => Body?.Release();
    }
}
