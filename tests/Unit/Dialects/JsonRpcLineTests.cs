using System.Text;
using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dialects;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class JsonRpcLineTests
{
    private const int Room = 1 << 20;

    private static readonly CallId Id = new("1");

    [Theory]
    [InlineData("path", "params.path")]
    [InlineData("env.PATH", "params.env.PATH")]
    [InlineData("['a b']", "params['a b']")]
    [InlineData("", "params")]
    [InlineData(null, null)]
    public void The_field_of_an_error_is_a_member_of_the_message_on_the_wire(string? field, string? expected)
    {
        Reply reply = Reply.Of(new Failure(ErrorCode.InvalidParameters, "No.", new ErrorDetail("rule", field)));
        using PooledLine line = JsonRpcLine.Reply(Id, reply, Room, AnyMemory.Share());
        JsonElement data = JsonDocument.Parse(line.Memory).RootElement.GetProperty("error").GetProperty("data");
        Assert.Equal(expected, data.TryGetProperty("field", out JsonElement found) ? found.GetString() : null);
    }

    [Fact]
    public void A_body_follows_its_line_as_it_is_and_is_given_back_with_it()
    {
        MemoryShare share = AnyMemory.Share();
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        using Reply reply = WithBody(bytes);
        PooledLine line = JsonRpcLine.Reply(Id, reply, Room, share);
        Assert.EndsWith("\"version\":\"v\"},\"attached_bytes\":100000}\n", Encoding.UTF8.GetString(line.Memory.Span), StringComparison.Ordinal);
        Assert.Contains("\"content\":\"\"", Encoding.UTF8.GetString(line.Memory.Span), StringComparison.Ordinal);
        Assert.Equal(bytes, line.Body.ToArray());
        Assert.Equal(line.Memory.Length + bytes.Length, line.Length);
        Assert.Equal(0, reply.Body!.Length);
        Assert.InRange(share.Held, bytes.Length, 2 * bytes.Length);
        line.Dispose();
        Assert.Equal(0, share.Held);
    }

    [Fact]
    public void A_body_that_is_empty_needs_no_place_behind_the_line()
    {
        using Reply reply = WithBody([]);
        using PooledLine line = JsonRpcLine.Reply(Id, reply, Room, AnyMemory.Share());
        Assert.DoesNotContain("attached_bytes", Encoding.UTF8.GetString(line.Memory.Span), StringComparison.Ordinal);
        Assert.True(line.Body.IsEmpty);
    }

    [Theory]
    [InlineData(50_000, Room, ErrorCode.Busy, -32004)]
    [InlineData(50_000, 4096, ErrorCode.TooLarge, -32006)]
    public void A_body_that_has_no_memory_or_no_room_is_an_error_without_a_body(int size, int maxBytes, ErrorCode code, int number)
    {
        // What is taken leaves less than a body, and more than an error needs.
        var budget = new MemoryBudget(() => new MemoryLimits(MemoryLimits.Least, 1), TimeProvider.System);
        MemoryShare share = budget.OpenShare();
        if (code == ErrorCode.Busy)
        {
            share.Overdraw(MemoryLimits.Least);
        }

        long before = share.Held;
        using Reply reply = WithBody(new byte[size]);
        PooledLine line = JsonRpcLine.Reply(Id, reply, maxBytes, share);
        Assert.Contains($"\"code\":{number}", Encoding.UTF8.GetString(line.Memory.Span), StringComparison.Ordinal);
        Assert.True(line.Body.IsEmpty);
        line.Dispose();
        Assert.Equal(before, share.Held);
    }

    [Fact]
    public void Content_that_becomes_a_body_is_gone_from_its_result_whoever_owned_its_memory()
    {
        byte[] rented = FileContent.Rent(3);
        "abc"u8.CopyTo(rented);
        foreach (FileContent content in (FileContent[])[new(rented, 3, TextEncoding.Base64), new("abc"u8.ToArray(), TextEncoding.Utf8)])
        {
            using Body body = content.TakeBody();
            Assert.Equal("abc", Encoding.UTF8.GetString(body.Bytes.Span));
            Assert.True(content.Decode(TextEncoding.Base64).IsEmpty);
            content.Dispose();
            using Body moved = body.Detach();
            Assert.Equal((0, "abc"), (body.Length, Encoding.UTF8.GetString(moved.Bytes.Span)));
        }
    }

    private static Reply WithBody(byte[] bytes)
    {
        byte[] memory = FileContent.Rent(bytes.Length);
        bytes.CopyTo(memory, 0);
        var content = new FileContent(memory, bytes.Length, TextEncoding.Base64);
        var result = new FileReadResult(content, bytes.Length, TextEncoding.Base64, 0, bytes.Length, true, "v");
        return Reply.Of(result, FileReadJson.Default.FileReadResult, FileRead.Contract.Body!.Take(result));
    }
}
