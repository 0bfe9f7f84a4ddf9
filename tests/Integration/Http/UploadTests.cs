using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Hashing;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Files that come in several requests, with curl(1).</summary>
public sealed class UploadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(415, "Content-Type: text/plain", "Upload-Offset: 3", "Upload-Complete: ?1")]
    [InlineData(400, "Upload-Complete: ?1")]
    [InlineData(400, "Upload-Offset: 3")]
    [InlineData(400, "Upload-Offset: x", "Upload-Complete: ?1")]
    [InlineData(400, "Upload-Offset: -3", "Upload-Complete: ?1")]
    [InlineData(400, "Upload-Offset: 3", "Upload-Complete: 1")]
    [InlineData(400, "Upload-Offset: 3", "Upload-Complete: ?1", "Repr-Digest: sha-512=:AAAA:")]
    [InlineData(400, "Upload-Offset: 3", "Upload-Complete: ?0", "Repr-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")]
    [InlineData(409, "Upload-Offset: 2", "Upload-Complete: ?1")]
    [InlineData(409, "Upload-Offset: 4", "Upload-Complete: ?1")]
    public async Task What_does_not_go_on_with_it_changes_nothing(int status, params string[] headers)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "abc");
        Curl refused = await AddAsync(agent, upload, "def", headers);
        Curl state = await Curl.AskAsync(agent, upload, "-I");

        Assert.Equal(status, refused.Status);
        Assert.Equal((204, "3", "?0", "no-store"), (state.Status, State(state).Offset, State(state).Complete, state.Header("cache-control")));
        Assert.Equal(status == 409 ? "3" : null, refused.Header("upload-offset"));
        Assert.False(File.Exists(agent.Directory["tree/file"]));
        Assert.Equal(201, (await AddAsync(agent, upload, "def", "Upload-Offset: 3", "Upload-Complete: ?1")).Status);
        Assert.Equal("abcdef", await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
    }

    [Fact]
    public async Task A_request_without_a_byte_is_asked_of_the_upload_too()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "abc");
        Curl unknown = await AddAsync(agent, "/v1/uploads/deadbeef", "", "Upload-Offset: 0", "Upload-Complete: ?0");
        Curl going = await AddAsync(agent, upload, "", "Upload-Offset: 2", "Upload-Complete: ?0");
        Curl last = await AddAsync(agent, upload, "", "Upload-Offset: 4", "Upload-Complete: ?1");

        Assert.Equal((404, 409, 409), (unknown.Status, going.Status, last.Status));
        Assert.Equal(("3", "3"), (going.Header("upload-offset"), last.Header("upload-offset")));
    }

    [Fact]
    public async Task A_file_comes_in_several_requests_and_appears_with_the_last()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "");
        string digest = $"sha-256=:{Convert.ToBase64String(Sha256.HashData("abcdef"u8))}:";
        Curl first = await AddAsync(agent, upload, "abc", "Upload-Offset: 0", "Upload-Complete: ?0");
        Curl second = await AddAsync(agent, upload, "def", "Upload-Offset: 3", "Upload-Complete: ?0");
        Assert.False(File.Exists(agent.Directory["tree/file"]));
        Curl last = await AddAsync(agent, upload, "", "Upload-Offset: 6", "Upload-Complete: ?1", "Repr-Digest: " + digest);

        Assert.Equal([(204, "3"), (204, "6")], [(first.Status, first.Header("upload-offset")!), (second.Status, second.Header("upload-offset")!)]);
        Assert.Equal((201, "?1", digest), (last.Status, last.Header("upload-complete"), last.Header("repr-digest")));
        Assert.Equal("abcdef", await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
        Assert.Equal(("6", "?1"), State(await Curl.AskAsync(agent, upload, "-I")));
        Assert.Equal(409, (await Curl.AskAsync(agent, upload, "-X", "DELETE")).Status);
    }

    [Fact]
    public async Task A_piece_that_is_not_what_it_was_ends_the_upload()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "abc");
        string other = $"Content-Digest: sha-256=:{Convert.ToBase64String(Sha256.HashData("deF"u8))}:";
        Curl answer = await AddAsync(agent, upload, "def", "Upload-Offset: 3", "Upload-Complete: ?0", other);

        Assert.Equal((400, "sha256"), (answer.Status, (string?)answer.Json["data"]!["rule"]));
        Assert.Equal(404, (await Curl.AskAsync(agent, upload, "-I")).Status);
        await HttpAgent.HasNoUploadAsync(agent);
    }

    [Fact]
    public async Task One_that_is_given_up_leaves_nothing()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "abc");

        Assert.Equal(204, (await Curl.AskAsync(agent, upload, "-X", "DELETE")).Status);
        Assert.Equal(404, (await Curl.AskAsync(agent, upload, "-X", "DELETE")).Status);
        await HttpAgent.HasNoUploadAsync(agent);
        Assert.Empty(Directory.GetFileSystemEntries(agent.Directory["tree"]));
    }

    [Fact]
    public async Task What_has_come_of_a_request_that_broke_off_is_kept()
    {
        const int Piece = 256 * 1024;
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string upload = await BeginAsync(agent, "");
        using (RawClient host = await agent.ConnectAsync())
        {
            await host.SendBytesAsync(Encoding.ASCII.GetBytes(
                $"PATCH {upload} HTTP/1.1\r\nHost: x\r\nContent-Type: application/partial-upload\r\n"
                + "Upload-Offset: 0\r\nUpload-Complete: ?1\r\nContent-Length: 500000\r\n\r\n" + new string('x', 300_000)));
            // Asking for the list takes nothing from the host, as asking for the state would.
            await Bounded.UntilAsync(() => ListedOffset(agent) >= Piece, () => "the first piece");
        }

        int offset = int.Parse(State(await Curl.AskAsync(agent, upload, "-I")).Offset!, null);
        Assert.InRange(offset, Piece, 300_000);
        Curl done = await AddAsync(agent, upload, new string('x', 300_000 - offset) + "yz", $"Upload-Offset: {offset}", "Upload-Complete: ?1");

        Assert.Equal((201, 300_002), (done.Status, (int)done.Json["bytes_written"]!));
        Assert.Equal(new string('x', 300_000) + "yz", await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
    }

    [Fact]
    public async Task A_file_whose_host_is_gone_does_not_appear()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using (RawClient host = await agent.ConnectAsync())
        {
            await host.SendBytesAsync(Encoding.ASCII.GetBytes(
                $"PUT /v1/files?path={agent.Directory["tree/file"]} HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n"
                + new string('x', 300_000)));
            await Bounded.UntilAsync(
                () => agent.Facts.OpenFiles.Any(path => path.EndsWith(" (deleted)", StringComparison.Ordinal)), () => "the upload");
        }

        await HttpAgent.HasNoUploadAsync(agent);
        Assert.Empty(Directory.GetFileSystemEntries(agent.Directory["tree"]));
    }

    [Fact]
    public async Task The_length_that_was_said_is_held()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl begun = await PutAsync(agent, "abc", "Upload-Complete: ?0", "Upload-Length: 5");
        Curl more = await AddAsync(agent, begun.Header("location")!, "def", "Upload-Offset: 3", "Upload-Complete: ?1");

        Assert.Equal((413, "size_bytes"), (more.Status, (string?)more.Json["data"]!["rule"]));
    }

    [Fact]
    public async Task There_are_no_more_of_them_than_the_limit()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["max_uploads"] = 1 });
        using RawClient host = await agent.ConnectAsync();
        await host.SendBytesAsync(Encoding.ASCII.GetBytes(
            $"PUT /v1/files?path={agent.Directory["tree/other"]} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nx"));
        await Bounded.UntilAsync(
            () => agent.Facts.OpenFiles.Any(path => path.EndsWith(" (deleted)", StringComparison.Ordinal)), () => "the upload");
        Curl answer = await PutAsync(agent, "abc", "Upload-Complete: ?0");

        Assert.Equal((429, "limits.max_uploads"), (answer.Status, (string?)answer.Json["data"]!["rule"]));
    }

    private static long ListedOffset(RunningAgent agent) =>
        (long)Curl.CallAsync(agent, "file_upload_list", "{}").GetAwaiter().GetResult().Json["uploads"]![0]!["offset"]!;

    private static async Task<string> BeginAsync(RunningAgent agent, string content)
    {
        Curl begun = await PutAsync(agent, content, "Upload-Complete: ?0");
        Assert.Equal((201, $"{content.Length}", "?0"), (begun.Status, begun.Header("upload-offset"), begun.Header("upload-complete")));
        return begun.Header("location")!;
    }

    private static Task<Curl> PutAsync(RunningAgent agent, string content, params string[] headers) => Curl.AskAsync(
        agent, "/v1/files?path=" + agent.Directory["tree/file"], ["-X", "PUT", "--data-binary", content, .. With(headers)]);

    private static Task<Curl> AddAsync(RunningAgent agent, string upload, string content, params string[] headers) => Curl.AskAsync(
        agent,
        upload,
        [
            "-X", "PATCH", "--data-binary", content,
            .. With(headers.Any(header => header.StartsWith("Content-Type", StringComparison.Ordinal))
                ? headers
                : ["Content-Type: application/partial-upload", .. headers]),
        ]);

    private static IEnumerable<string> With(string[] headers) => headers.SelectMany(header => (string[])["-H", header]);

    private static (string? Offset, string? Complete) State(Curl answer) => (answer.Header("upload-offset"), answer.Header("upload-complete"));
}
