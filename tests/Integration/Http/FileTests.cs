using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Hashing;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Files and directories as resources, as curl(1) finds them.</summary>
public sealed class FileTests
{
    private const string Text = "0123456789";

    private static int _files;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/etc/shadow", 403, -32001)]
    [InlineData("PUT", "/etc/passwd", 403, -32001)]
    [InlineData("DELETE", "/etc/passwd", 403, -32001)]
    [InlineData("GET", "TREE/none", 404, -32002)]
    [InlineData("DELETE", "TREE/none", 404, -32002)]
    [InlineData("PUT", "TREE/no/such/directory/file", 404, -32002)]
    [InlineData("GET", "TREE/link", 403, -32001)]
    [InlineData("PUT", "TREE/link", 403, -32001)]
    [InlineData("GET", "TREE/fifo", 409, -32010)]
    [InlineData("PUT", "TREE/fifo", 409, -32010)]
    [InlineData("PUT", "TREE", 409, -32010)]
    [InlineData("PUT", "TREE/directory", 409, -32010)]
    [InlineData("DELETE", "TREE/directory", 409, -32010)]
    [InlineData("GET", "relative", 400, -32602)]
    [InlineData("GET", "TREE/../x", 400, -32602)]
    [InlineData("GET", "TREE/a%00b", 400, -32602)]
    [InlineData("GET", "TREE/%ff", 400, -32602)]
    [InlineData("GET", "TREE/%f", 400, -32602)]
    [InlineData("GET", "TREE/file&path=/etc/shadow", 400, -32602)]
    [InlineData("GET", "TREE/file&no_such=1", 400, -32602)]
    [InlineData("PUT", "TREE/file&permissions=4755", 400, -32602)]
    [InlineData("PUT", "TREE/file&owner=nobody-at-all", 404, -32002)]
    [InlineData("PUT", "TREE/file&create_dirs=maybe", 400, -32602)]
    [InlineData("PUT", "TREE/file&size_bytes=1", 400, -32602)]
    [InlineData("GET", "TREE/directory/&limit=x", 400, -32602)]
    [InlineData("GET", "TREE/file&limit=1", 409, -32010)]
    public async Task What_cannot_be_is_refused_as_by_the_operation(string method, string path, int status, int code)
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await Curl.AskAsync(agent, Resource(agent, path), method == "PUT" ? ["-T", agent.Directory["tree/file"]] : ["-X", method]);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(Text, await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
        await HttpAgent.HasNoUploadAsync(agent);
    }

    [Theory]
    [InlineData("/v1/files", "POST", 405)]
    [InlineData("/v1/files", "PATCH", 405)]
    [InlineData("/v1/files", "GET", 400)]
    [InlineData("/v1/files?path", "GET", 400)]
    [InlineData("/v1/uploads", "GET", 405)]
    [InlineData("/v1/uploads/x", "GET", 405)]
    [InlineData("/v1/uploads/x", "DELETE", 404)]
    [InlineData("/v1/uploads/x/y", "DELETE", 404)]
    public async Task A_request_for_no_file_is_refused(string path, string method, int status)
    {
        await using RunningAgent agent = await StartAsync();

        Assert.Equal(status, (await Curl.AskAsync(agent, path, "-X", method)).Status);
    }

    [Fact]
    public async Task A_file_comes_as_it_is_with_its_version_and_what_it_may_be_asked_for()
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await GetAsync(agent);

        Assert.Equal((200, Text), (answer.Status, answer.Body));
        Assert.Equal("10", answer.Header("content-length"));
        Assert.Equal("bytes", answer.Header("accept-ranges"));
        Assert.Equal("application/octet-stream", answer.Header("content-type"));
        Curl stat = await Curl.CallAsync(agent, "file_stat", $"{{\"path\":\"{agent.Directory["tree/file"]}\"}}");
        Assert.Equal($"\"{stat.Json["version"]}\"", answer.Header("etag"));
        Assert.Equal(
            DateTimeOffset.FromUnixTimeMilliseconds((long)stat.Json["modified_ms"]!).ToString("R", CultureInfo.InvariantCulture),
            answer.Header("last-modified"));
    }

    [Fact]
    public async Task Head_says_the_same_and_sends_nothing()
    {
        await using RunningAgent agent = await StartAsync();
        Curl get = await GetAsync(agent);
        Curl head = await GetAsync(agent, "-I");

        Assert.Equal((200, ""), (head.Status, head.Body));
        Assert.Equal(get.Headers.Where(line => !line.StartsWith("date:", StringComparison.Ordinal)),
            head.Headers.Where(line => !line.StartsWith("date:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=3-5", 206, "345", "bytes 3-5/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=7-99", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-99", 206, Text, "bytes 0-9/10")]
    [InlineData("bytes=0-", 206, Text, "bytes 0-9/10")]
    [InlineData("Bytes=3-5", 206, "345", "bytes 3-5/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=99-100", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=5-3", 200, Text, null)]
    [InlineData("bytes=0-1,3-4", 200, Text, null)]
    [InlineData("bytes=x", 200, Text, null)]
    [InlineData("lines=1-2", 200, Text, null)]
    [InlineData("bytes=0-99999999999999999999", 200, Text, null)]
    public async Task A_range_is_a_part_or_is_not_there_or_is_none(string range, int status, string? body, string? contentRange)
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await GetAsync(agent, "-H", "Range: " + range);

        Assert.Equal((status, contentRange), (answer.Status, answer.Header("content-range")));
        Assert.Equal(body ?? "The file has no such bytes.", body is null ? (string?)answer.Json["error"] : answer.Body);
    }

    [Fact]
    public async Task A_range_of_a_former_version_is_the_whole_file()
    {
        await using RunningAgent agent = await StartAsync();
        string tag = (await GetAsync(agent)).Header("etag")!;
        Curl same = await GetAsync(agent, "-H", "Range: bytes=1-2", "-H", "If-Range: " + tag);
        Curl other = await GetAsync(agent, "-H", "Range: bytes=1-2", "-H", "If-Range: \"other\"");
        Curl weak = await GetAsync(agent, "-H", "Range: bytes=1-2", "-H", "If-Range: W/" + tag);
        Curl date = await GetAsync(agent, "-H", "Range: bytes=1-2", "-H", "If-Range: Tue, 01 Dec 2099 00:00:00 GMT");

        Assert.Equal((206, "12"), (same.Status, same.Body));
        Assert.All([other, weak, date], answer => Assert.Equal((200, Text), (answer.Status, answer.Body)));
    }

    [Theory]
    [InlineData("If-Match: TAG", 200)]
    [InlineData("If-Match: \"x\", TAG", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: W/TAG", 412)]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: x", 400)]
    [InlineData("If-None-Match: TAG", 304)]
    [InlineData("If-None-Match: W/TAG", 304)]
    [InlineData("If-None-Match: \"x\", TAG", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"x\"", 200)]
    [InlineData("If-None-Match: ;", 400)]
    [InlineData("If-Modified-Since: Tue, 01 Dec 2099 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since: Tue, 01 Dec 1970 00:00:00 GMT", 200)]
    [InlineData("If-Modified-Since: yesterday", 200)]
    [InlineData("If-Unmodified-Since: Tue, 01 Dec 1970 00:00:00 GMT", 412)]
    [InlineData("If-Unmodified-Since: Tue, 01 Dec 2099 00:00:00 GMT", 200)]
    public async Task A_condition_holds_or_tells_why_not(string header, int status)
    {
        await using RunningAgent agent = await StartAsync();
        string tag = (await GetAsync(agent)).Header("etag")!;
        Curl answer = await GetAsync(agent, "-H", header.Replace("TAG", tag, StringComparison.Ordinal));

        Assert.Equal(status, answer.Status);
        if (status is 200 or 304)
        {
            Assert.Equal((status == 200 ? Text : "", tag), (answer.Body, answer.Header("etag")));
        }
    }

    [Theory]
    [InlineData("/proc/self/status", "Name:")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled", "never")]
    public async Task Files_that_do_not_tell_their_size_come_whole(string path, string word)
    {
        await using RunningAgent agent = await StartAsync(more: "/proc", evenMore: "/sys");
        Curl answer = await Curl.AskAsync(agent, Resource(agent, path));

        Assert.Equal((200, "bytes"), (answer.Status, answer.Header("accept-ranges")));
        Assert.Contains(word, answer.Body, StringComparison.Ordinal);
        Assert.Equal(answer.Body.Length, int.Parse(answer.Header("content-length")!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_digest_is_told_when_it_is_wanted()
    {
        await using RunningAgent agent = await StartAsync();
        Curl plain = await GetAsync(agent);
        Curl answer = await GetAsync(agent, "-H", "Want-Repr-Digest: sha-512=3, sha-256=10", "-H", "Range: bytes=0-1");

        Assert.Null(plain.Header("repr-digest"));
        Assert.Equal((Digest(Text), "01"), (answer.Header("repr-digest"), answer.Body));
    }

    [Fact]
    public async Task A_directory_is_listed_in_pages()
    {
        await using RunningAgent agent = await StartAsync();
        Curl all = await Curl.AskAsync(agent, Resource(agent, "TREE"));
        Curl one = await Curl.AskAsync(agent, Resource(agent, "TREE/&limit=1&after=directory&hidden=true"));

        Assert.Equal(["directory", "fifo", "file", "link"], all.Json["entries"]!.AsArray().Select(entry => (string?)entry!["name"]));
        Assert.Equal("fifo", (string?)Assert.Single(one.Json["entries"]!.AsArray())!["name"]);
        Assert.True((bool)one.Json["more"]!);
    }

    [Fact]
    public async Task A_file_is_put_with_what_the_query_says()
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await PutAsync(agent, "TREE/new/a%2B%C3%BC+b&create_dirs=true&permissions=0600", "content");
        string path = agent.Directory["tree/new/a+ü b"];

        Assert.Equal((201, path), (answer.Status, (string?)answer.Json["path"]));
        Assert.Equal(Digest("content"), answer.Header("repr-digest"));
        Assert.Equal("content", await File.ReadAllTextAsync(path, Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(answer.Header("etag"), (await Curl.AskAsync(agent, Resource(agent, "TREE/new/a%2B%C3%BC%20b"), "-I")).Header("etag"));
    }

    [Theory]
    [InlineData]
    [InlineData("-H", "Transfer-Encoding: chunked")]
    [InlineData("-H", "Expect: 100-continue")]
    [InlineData("-H", "Content-Encoding: identity")]
    [InlineData("-H", "Upload-Complete: ?1")]
    public async Task A_file_is_replaced_however_it_is_sent(params string[] arguments)
    {
        await using RunningAgent agent = await StartAsync();
        string content = new('x', 1_000_000);
        Curl answer = await PutAsync(agent, "TREE/file", content, arguments);

        Assert.Equal((200, 1_000_000), (answer.Status, (int)answer.Json["bytes_written"]!));
        Assert.Equal(content, await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
        await HttpAgent.HasNoUploadAsync(agent);
    }

    [Theory]
    [InlineData("Repr-Digest: sha-256=:RIGHT:", 200)]
    [InlineData("Content-Digest: sha-256=:RIGHT:", 200)]
    [InlineData("Content-Digest: sha-512=:AAAA:, sha-256=:RIGHT:", 200)]
    [InlineData("Repr-Digest: sha-256=:WRONG:", 400)]
    [InlineData("Content-Digest: sha-256=:WRONG:", 400)]
    [InlineData("Repr-Digest: sha-256=RIGHT", 400)]
    [InlineData("Repr-Digest: sha-256=:AAAA:", 400)]
    [InlineData("Repr-Digest: sha-512=:AAAA:", 400)]
    [InlineData("Content-Encoding: gzip", 415)]
    [InlineData("Content-Range: bytes 0-3/10", 400)]
    [InlineData("Upload-Complete: yes", 400)]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: \"*\"", 412)]
    [InlineData("If-Match: W/TAG", 412)]
    [InlineData("If-Match: TAG", 200)]
    [InlineData("If-Match: \"x\", TAG", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-None-Match: *", 412)]
    [InlineData("If-None-Match: TAG", 501)]
    public async Task A_file_is_replaced_only_when_all_that_is_said_of_it_is_so(string header, int status)
    {
        await using RunningAgent agent = await StartAsync();
        string tag = (await GetAsync(agent)).Header("etag")!;
        Curl answer = await PutAsync(agent, "TREE/file", "content", "-H", header
            .Replace("TAG", tag, StringComparison.Ordinal)
            .Replace("RIGHT", Convert.ToBase64String(Sha256.HashData("content"u8)), StringComparison.Ordinal)
            .Replace("WRONG", Convert.ToBase64String(Sha256.HashData("contenT"u8)), StringComparison.Ordinal));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? "content" : Text, await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
        await HttpAgent.HasNoUploadAsync(agent);
    }

    [Theory]
    [InlineData("If-None-Match: *", 201)]
    [InlineData("If-Match: *", 412)]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: \"*\"", 412)]
    [InlineData("If-Match: W/\"x\"", 412)]
    public async Task A_file_that_is_not_there_matches_nothing(string header, int status)
    {
        await using RunningAgent agent = await StartAsync();

        Assert.Equal(status, (await PutAsync(agent, "TREE/new", "content", "-H", header)).Status);
        Assert.Equal(status == 201, File.Exists(agent.Directory["tree/new"]));
    }

    [Fact]
    public async Task Of_hosts_that_each_want_to_be_the_first_one_is()
    {
        await using RunningAgent agent = await StartAsync();
        string tag = (await GetAsync(agent)).Header("etag")!;
        Curl[] made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(agent, "TREE/new", $"{i}", "-H", "If-None-Match: *")));
        Curl[] changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(agent, "TREE/file", $"{i}", "-H", "If-Match: " + tag)));

        Assert.Equal([201, .. Enumerable.Repeat(412, 7)], made.Select(answer => answer.Status).Order());
        Assert.Equal([200, .. Enumerable.Repeat(412, 7)], changed.Select(answer => answer.Status).Order());
    }

    [Theory]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: TAG", 200)]
    [InlineData("Accept: */*", 200)]
    public async Task A_file_is_deleted_when_it_is_what_the_host_thinks(string header, int status)
    {
        await using RunningAgent agent = await StartAsync();
        string tag = (await GetAsync(agent)).Header("etag")!;
        Curl answer = await Curl.AskAsync(
            agent, Resource(agent, "TREE/file"), "-X", "DELETE", "-H", header.Replace("TAG", tag, StringComparison.Ordinal));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status != 200, File.Exists(agent.Directory["tree/file"]));
    }

    [Fact]
    public async Task A_tree_is_deleted_when_that_is_said()
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await Curl.AskAsync(agent, Resource(agent, "TREE/directory&recursive=true"), "-X", "DELETE");

        Assert.Equal((200, 2), (answer.Status, (int)answer.Json["deleted"]!));
        Assert.False(Directory.Exists(agent.Directory["tree/directory"]));
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_before_it_is_sent_and_where_that_is_not_said_before_it_appears()
    {
        await using RunningAgent agent = await StartAsync(limits: new JsonObject { ["max_upload_bytes"] = 1000 });
        foreach (string[] arguments in (string[][])[["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"]])
        {
            Curl answer = await PutAsync(agent, "TREE/file", new string('x', 300_000), arguments);

            Assert.Equal((413, "limits.max_upload_bytes"), (answer.Status, (string?)answer.Json["data"]!["rule"]));
        }

        Assert.Equal(Text, await File.ReadAllTextAsync(agent.Directory["tree/file"], Token));
        await HttpAgent.HasNoUploadAsync(agent);
    }

    [Theory]
    [InlineData("file_read", "GET")]
    [InlineData("file_upload_open", "PUT")]
    [InlineData("file_delete", "DELETE")]
    public async Task A_listener_that_does_not_serve_the_operation_does_not_serve_the_method(string operation, string method)
    {
        await using RunningAgent agent = await StartAsync(listener: new JsonObject { ["operations"] = new JsonArray("ping") });
        Curl answer = await Curl.AskAsync(agent, Resource(agent, "TREE/file"), "-X", method);

        Assert.Equal((403, "listeners.operations"), (answer.Status, (string?)answer.Json["data"]!["rule"]));
        Assert.Contains(operation, (string?)answer.Json["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_has_the_records_of_the_operations()
    {
        await using RunningAgent agent = await StartAsync();
        await GetAsync(agent);
        await PutAsync(agent, "TREE/file", "content");
        await Curl.AskAsync(agent, Resource(agent, "TREE/file"), "-X", "DELETE");
        Assert.Equal(0, await agent.StopAsync());

        string log = agent.Log.ToString();
        Assert.All(
            ["op=file_read", "op=file_upload_open", "op=file_upload_commit", "op=file_delete"],
            record => Assert.Contains(record, log, StringComparison.Ordinal));
    }

    private static async Task<RunningAgent> StartAsync(
        JsonObject? limits = null, JsonObject? listener = null, string? more = null, string? evenMore = null)
    {
        RunningAgent agent = await HttpAgent.StartAsync(limits, listener, [.. new[] { more, evenMore }.OfType<string>()]);
        await File.WriteAllTextAsync(agent.Directory["tree/file"], Text, Token);
        Directory.CreateDirectory(agent.Directory["tree/directory"]);
        await File.WriteAllTextAsync(agent.Directory["tree/directory/inside"], Text, Token);
        File.CreateSymbolicLink(agent.Directory["tree/link"], "/etc/hostname");
        ProgramRun fifo = await ProgramRun.RunAsync(CliWrap.Cli.Wrap("mkfifo").WithArguments(agent.Directory["tree/fifo"]), TestTimeouts.Answer);
        Assert.Equal(0, fifo.ExitCode);
        return agent;
    }

    private static string Resource(RunningAgent agent, string path) =>
        "/v1/files?path=" + path.Replace("TREE", agent.Directory["tree"], StringComparison.Ordinal);

    private static Task<Curl> GetAsync(RunningAgent agent, params string[] arguments) =>
        Curl.AskAsync(agent, Resource(agent, "TREE/file"), arguments);

    private static async Task<Curl> PutAsync(RunningAgent agent, string path, string content, params string[] arguments)
    {
        string file = agent.Directory[$"put-{Interlocked.Increment(ref _files)}"];
        await File.WriteAllTextAsync(file, content, Token);
        return await Curl.AskAsync(agent, Resource(agent, path), ["-T", file, .. arguments]);
    }

    private static string Digest(string content) => $"sha-256=:{Convert.ToBase64String(Sha256.HashData(Encoding.UTF8.GetBytes(content)))}:";
}
