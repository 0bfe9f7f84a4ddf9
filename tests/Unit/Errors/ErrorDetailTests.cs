using System.Text.Json;
using GuestAgent.Errors;
using Xunit;

namespace GuestAgent.Tests.Unit.Errors;

public sealed class ErrorDetailTests
{
    [Fact]
    public void A_partial_result_stands_beside_the_members_of_the_error()
    {
        ErrorDetail detail = new("timeout_seconds", Limit: 5, Result: JsonElement.Parse("""{"exit_code":-1,"stdout":"x"}"""));
        Assert.Equal("""{"rule":"timeout_seconds","limit":5,"exit_code":-1,"stdout":"x"}""", Write(detail));
    }

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        ErrorDetail detail = new("range", "params.a", 1, "EINVAL", 2);
        Assert.Equal(detail, Read(Write(detail)));
    }

    [Fact]
    public void Members_that_are_not_of_the_error_are_a_result()
    {
        ErrorDetail detail = Read("""{"rule":"cancel","exit_code":-1}""")!;
        Assert.Equal("cancel", detail.Rule);
        Assert.Equal(-1, detail.Result!.Value.GetProperty("exit_code").GetInt32());
        Assert.Null(Read("""{"rule":"cancel"}""")!.Result);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"rule":{}}""")]
    [InlineData("""{"limit":"many"}""")]
    public void What_is_no_detail_is_refused(string json) => Assert.Throws<JsonException>(() => Read(json));

    private static string Write(ErrorDetail detail) => JsonSerializer.Serialize(detail, ErrorDetailJson.Default.ErrorDetail);

    private static ErrorDetail? Read(string json) => JsonSerializer.Deserialize(json, ErrorDetailJson.Default.ErrorDetail);
}
