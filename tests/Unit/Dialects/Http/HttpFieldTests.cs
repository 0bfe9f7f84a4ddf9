using System.Text;
using GuestAgent.Dialects.Http;
using GuestAgent.Dialects.Http.Files;
using GuestAgent.Errors;
using GuestAgent.Hashing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects.Http;

/// <summary>What is read of queries and fields.</summary>
public sealed class HttpFieldTests
{
    private static readonly string Hash = Convert.ToBase64String(Sha256.HashData("x"u8));

    [Theory]
    [InlineData("", "{}")]
    [InlineData("?", "{}")]
    [InlineData("?path=/a", "{\"path\":\"/a\"}")]
    [InlineData("?path=%2Fa+b%2B&&limit=2", "{\"path\":\"/a b+\",\"limit\":2}")]
    [InlineData("?path=a=b", "{\"path\":\"a=b\"}")]
    [InlineData("?path", "{\"path\":\"\"}")]
    [InlineData("?hidden=true&recursive=false", "{\"hidden\":true,\"recursive\":false}")]
    [InlineData("?hidden=1&limit=x&path=true", "{\"hidden\":\"1\",\"limit\":\"x\",\"path\":\"true\"}")]
    [InlineData("?limit=-1&limit=0.5", "{\"limit\":\"-1\",\"limit\":0.5}")]
    [InlineData("?%22%3A=%22", "{\"\\\":\":\"\\\"\"}")]
    public void A_query_is_parameters(string query, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(Query(query).ToParameters()));

    [Theory]
    [InlineData("?path=%")]
    [InlineData("?path=%2")]
    [InlineData("?path=%zz")]
    [InlineData("?path=%ff")]
    [InlineData("?path=%c3")]
    [InlineData("?path=%ed%a0%80")]
    public void What_is_no_text_is_refused_with_its_name(string query)
    {
        OperationException refusal = Assert.Throws<OperationException>(() => Query(query));

        Assert.Equal((ErrorCode.InvalidParameters, "path"), (refusal.Code, refusal.Detail?.Field));
    }

    [Theory]
    [InlineData("sha-256=:HASH:")]
    [InlineData("sha-512=:AAAA:, sha-256=:HASH:")]
    [InlineData("sha-256=:HASH:,unixsum=:AAAA:")]
    public void A_digest_is_found_among_others(string field) => Assert.Equal(
        Convert.ToHexStringLower(Sha256.HashData("x"u8)),
        HttpDigest.Read(field.Replace("HASH", Hash, StringComparison.Ordinal), "Repr-Digest"));

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256=")]
    [InlineData("sha-256=:")]
    [InlineData("sha-256=::")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-256=:HASHHASH:")]
    [InlineData("sha-256=HASH")]
    [InlineData("SHA-256=:HASH:")]
    [InlineData("sha-512=:HASH:")]
    public void A_field_without_a_digest_that_could_be_compared_is_refused(string field) => Assert.Equal(
        "Repr-Digest",
        Assert.Throws<OperationException>(() => HttpDigest.Read(field.Replace("HASH", Hash, StringComparison.Ordinal), "Repr-Digest")).Detail?.Field);

    [Theory]
    [InlineData("sha-256=1", true)]
    [InlineData("sha-512=3, sha-256=10", true)]
    [InlineData("sha-256", true)]
    [InlineData("sha-256=0", false)]
    [InlineData("sha-512=3", false)]
    [InlineData("", false)]
    public void A_digest_is_wanted_where_it_is_named_and_not_ruled_out(string field, bool wanted) =>
        Assert.Equal(wanted, HttpDigest.IsWanted(field));

    [Fact]
    public void A_digest_that_is_written_is_read() =>
        Assert.Equal("00".PadLeft(64, 'a'), HttpDigest.Read(HttpDigest.Write("00".PadLeft(64, 'a')), "Repr-Digest"));

    [Theory]
    [InlineData("\"v\"", true, true)]
    [InlineData("\"a\", \"v\"", true, true)]
    [InlineData("W/\"v\"", false, true)]
    [InlineData("*", true, true)]
    [InlineData("\"V\"", false, false)]
    public void A_tag_matches_strongly_weakly_or_not(string field, bool strong, bool weak)
    {
        var tags = EntityTags.Read(field, "If-Match")!;

        Assert.Equal((strong, weak), (tags.HasStrong("v"), tags.HasWeak("v")));
    }

    [Theory]
    [InlineData("*", true, false)]
    [InlineData("\"v\"", false, false)]
    [InlineData("W/\"a\", \"v\"", false, false)]
    [InlineData("W/\"v\"", false, true)]
    [InlineData("\"*\"", false, true)]
    public void Tags_that_no_version_can_have_match_nothing_rather_than_anything(string field, bool any, bool never)
    {
        var tags = EntityTags.Read(field, "If-Match")!;

        Assert.Equal((any, never), (tags.IsAny, tags.IsNever));
        Assert.DoesNotContain("*", any ? [] : tags.Versions);
    }

    private static HttpQuery Query(string text) =>
        HttpQuery.Of(new DefaultHttpContext { Request = { QueryString = new QueryString(text) } });
}
