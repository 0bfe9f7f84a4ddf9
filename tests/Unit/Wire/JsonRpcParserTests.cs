using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Wire.JsonRpc;
using Xunit;

namespace GuestAgent.Tests.Unit.Wire;

public sealed class JsonRpcParserTests
{
    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"jsonrpc\":\"2.0\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"method\":\"m\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\"} x")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"\\ud800\"}")]
    public void What_is_not_one_message_without_fault_is_not_read_in_one_go(string line) =>
        Assert.False(JsonRpcParser.TryReadOne(Bytes(line), out _));

    [Fact]
    public void Reading_in_one_go_gives_what_reading_in_two_steps_gives() =>
        Prop.ForAll<string, int, bool>((text, number, isReply) =>
        {
            string value = System.Text.Json.JsonSerializer.Serialize(text ?? "");
            ReadOnlyMemory<byte> line = Bytes(isReply
                ? $"{{\"jsonrpc\":\"2.0\",\"id\":{number},\"result\":{{\"a\":{value}}}}}"
                : $"{{\"jsonrpc\":\"2.0\",\"id\":{value},\"method\":\"m\",\"params\":[{{\"a\":{value}}}, {number}]}} ");
            JsonRpcMessage expected;
            try
            {
                expected = JsonRpcParser.Read(JsonRpcParser.Split(line, out _)[0]);
            }
            catch (OperationException)
            {
                return !JsonRpcParser.TryReadOne(line, out _);
            }

            return JsonRpcParser.TryReadOne(line, out JsonRpcMessage one)
                && one.Id == expected.Id
                && one.Method == expected.Method
                && one.Params.Span.SequenceEqual(expected.Params.Span)
                && one.Result.Span.SequenceEqual(expected.Result.Span);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", ErrorCode.ParseError, "json")]
    [InlineData("garbage", ErrorCode.ParseError, "json")]
    [InlineData("{\"a\":1} {", ErrorCode.ParseError, "json")]
    [InlineData("[]", ErrorCode.InvalidRequest, "empty_batch")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1", ErrorCode.ParseError, "json")]
    public void A_line_that_is_not_a_message_is_refused(string line, ErrorCode code, string rule)
    {
        var e = Assert.Throws<OperationException>(() => JsonRpcParser.Split(Bytes(line), out _));
        Assert.Equal((code, rule), (e.Code, e.Detail!.Rule));
    }

    [Theory]
    [InlineData("1", "object", null)]
    [InlineData("{}", "required", "jsonrpc")]
    [InlineData("{\"jsonrpc\":\"2.0\"}", "required", "method")]
    [InlineData("{\"jsonrpc\":\"1.0\",\"method\":\"m\"}", "version", "jsonrpc")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":1}", "type", "method")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":{}}", "type", "id")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":true}", "type", "id")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"method\":\"n\"}", "duplicate_member", "method")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"parms\":{}}", "unknown_member", null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"result\":1}", "required", "method")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"\\ud800\"}", "text", null)]
    [InlineData("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"attached_bytes\":1}", "unknown_member", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{},\"attached_bytes\":1}", "unknown_member", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"attached_bytes\":0}", "type", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"attached_bytes\":-1}", "type", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"attached_bytes\":1.5}", "type", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"attached_bytes\":\"1\"}", "type", "attached_bytes")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"attached_bytes\":4294967296}", "type", "attached_bytes")]
    public void An_object_that_is_not_a_request_is_refused_and_the_member_named(string json, string rule, string? field)
    {
        var e = Assert.Throws<OperationException>(() => JsonRpcParser.Read(Bytes(json)));
        Assert.Equal((ErrorCode.InvalidRequest, rule, field), (e.Code, e.Detail!.Rule, e.Detail.Field));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[ \t]")]
    public void No_parameters_are_none_however_they_are_written(string json) =>
        Assert.True(JsonRpcParser.Read(Bytes($$"""{"jsonrpc":"2.0","method":"m","params":{{json}}}""")).Params.IsEmpty);

    [Fact]
    public void What_is_said_for_tracing_is_kept_as_it_came_and_what_is_too_long_by_its_length()
    {
        string state = new('x', 600);
        JsonRpcMessage message = JsonRpcParser.Read(Bytes(
            $$"""{"jsonrpc":"2.0","method":"m","traceparent":"00-1-2-01","_meta":{"a":[1]},"tracestate":"{{state}}"}"""));
        Assert.Equal("""traceparent="00-1-2-01" _meta={"a":[1]} tracestate=602 bytes""", message.Trace);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        byte[] line = [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("utf8", Assert.Throws<OperationException>(() => JsonRpcParser.Split(line, out _)).Detail!.Rule);
    }

    [Fact]
    public void Nesting_deeper_than_the_limit_is_refused()
    {
        string Nested(int depth) => new string('[', depth) + new string(']', depth);
        Assert.Throws<OperationException>(() => JsonRpcParser.Split(Bytes(Nested(FrameLimits.MaxNesting + 1)), out _));
        JsonRpcParser.Split(Bytes(Nested(FrameLimits.MaxNesting)), out bool isBatch);
        Assert.True(isBatch);
    }

    [Fact]
    public void An_id_longer_than_the_limit_is_refused()
    {
        string id = new('1', FrameLimits.MaxIdBytes + 1);
        var e = Assert.Throws<OperationException>(
            () => JsonRpcParser.Read(Bytes($"{{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":{id}}}")));
        Assert.Equal("max_id", e.Detail!.Rule);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":1}", "7")]
    [InlineData("{\"method\":{\"id\":1},\"id\":\"x\"}", "\"x\"")]
    [InlineData("{\"id\":{}}", "null")]
    [InlineData("7", "null")]
    public void The_id_of_a_refused_message_is_found_where_it_can_be(string json, string id)
    {
        Assert.Equal(new CallId(id), JsonRpcParser.FindId(Bytes(json)));
    }

    [Fact]
    public void A_batch_gives_each_message_as_it_was_written()
    {
        IReadOnlyList<ReadOnlyMemory<byte>> parts = JsonRpcParser.Split(Bytes(" [ {\"a\": 1} , 2 , [3] ] "), out bool isBatch);
        Assert.True(isBatch);
        Assert.Equal(["{\"a\": 1}", "2", "[3]"], parts.Select(part => Encoding.UTF8.GetString(part.Span)));
    }

    [Fact]
    public void What_the_writer_writes_the_parser_reads()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>>(),
            ArbMap.Default.ArbFor<byte[]>(),
            ArbMap.Default.ArbFor<NonNegativeInt>(),
            (session, data, offset) =>
            {
                var id = new CallId(JsonSerializer.Serialize(session.Get.Length > 40 ? session.Get[..40] : session.Get));
                var output = new ExecOutput(id, OutputChannel.Stderr, offset.Get, data);
                var buffer = new ArrayBufferWriter<byte>();
                using var writer = new JsonRpcWriter();
                writer.WriteCall(buffer, id, "exec_output", output, ExecCommand.Output.Shape);

                ReadOnlyMemory<byte> line = buffer.WrittenMemory[..^1];
                JsonRpcMessage message = JsonRpcParser.Read(JsonRpcParser.Split(line, out _)[0]);
                ExecOutput back = JsonSerializer.Deserialize(message.Params.Span, ExecCommand.Output.Shape)!;
                return buffer.WrittenSpan[^1] == '\n' && !line.Span.Contains((byte)'\n')
                    && message.Id == id && message.Method == "exec_output"
                    && back.Offset == offset.Get && back.Data.Span.SequenceEqual(data);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Any_bytes_give_a_message_or_a_typed_error()
    {
        // Words of the protocol, so that the bytes come close to messages.
        byte[][] words =
        [
            "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(),
            "\"jsonrpc\""u8.ToArray(), "\"2.0\""u8.ToArray(), "\"id\""u8.ToArray(), "\"method\""u8.ToArray(),
            "\"params\""u8.ToArray(), "\"result\""u8.ToArray(), "null"u8.ToArray(), "1e999"u8.ToArray(),
            "\"\\ud83d\""u8.ToArray(), [0xFF], [0], "\\"u8.ToArray(), "\""u8.ToArray(), " "u8.ToArray(),
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"u8.ToArray(),
        ];
        Gen<byte[]> lines = Gen.Elements(words).ListOf().Select(parts => parts.SelectMany(part => part).ToArray());
        Prop.ForAll(lines.ToArbitrary(), line =>
        {
            try
            {
                foreach (ReadOnlyMemory<byte> part in JsonRpcParser.Split(line, out _))
                {
                    JsonRpcParser.FindId(part);
                    JsonRpcParser.Read(part);
                }
            }
            catch (OperationException e)
            {
                Assert.Contains(e.Code, new[] { ErrorCode.ParseError, ErrorCode.InvalidRequest });
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50_000));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
