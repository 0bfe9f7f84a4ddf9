using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class DownloadTests : IDisposable
{
    private static readonly GuestClientOptions Quick = new()
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private static readonly byte[] Content = MakeContent(1_000_000);

    private readonly ScriptedGuest _guest = new();
    private readonly MemoryStream _destination = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16384)]
    [InlineData(1_000_000)]
    public async Task A_file_of_any_size_comes_whole_and_verified(int size)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        byte[] content = Content[..size];
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await new ScriptedFile(content).ServeAsync(agent, downloading);
        DownloadResult result = await downloading.InTime();
        Assert.Equal(content, _destination.ToArray());
        Assert.Equal((size, "v1"), (result.Bytes, result.Version));
        Assert.Equal(Convert.ToHexStringLower(GuestAgent.Hashing.Sha256.HashData(content)), result.Sha256);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(100, 200_000)]
    [InlineData(999_999, 5)]
    [InlineData(1_000_000, 5)]
    [InlineData(2_000_000, 5)]
    public async Task A_range_comes_as_asked(int offset, int length)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var range = new DownloadOptions { Offset = offset, Length = length };
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, range, cancellationToken: Token);
        ScriptedFile file = new(Content);
        await file.ServeAsync(
            agent,
            downloading,
            call =>
            {
                long last = call.Params.GetProperty("offset").GetInt64() + call.Params.GetProperty("length").GetInt64();
                Assert.InRange(last, 0, offset + length);
                return false;
            });
        await downloading.InTime();
        int start = Math.Min(offset, Content.Length);
        Assert.Equal(Content[start..Math.Min(start + length, Content.Length)], _destination.ToArray());
    }

    [Fact]
    public async Task Pieces_are_asked_for_ahead_and_written_in_order_whatever_the_order_of_the_answers()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var file = new ScriptedFile(Content);
        Task<DownloadResult> downloading = client.Files.DownloadAsync(
            "/f", _destination, new DownloadOptions { Verify = false }, cancellationToken: Token);
        ScriptedCall first = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(first, file.Read(first));
        ScriptedCall second = await agent.ReceiveAsync("file_read");
        ScriptedCall third = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(third, file.Read(third));
        await agent.AnswerAsync(second, file.Read(second));
        await file.ServeAsync(agent, downloading);
        await downloading.InTime();
        Assert.Equal(Content, _destination.ToArray());
    }

    [Fact]
    public async Task After_a_lost_connection_it_goes_on_with_what_is_missing()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        var file = new ScriptedFile(Content);
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await file.ServeAsync(first, downloading, call => call.Params.GetProperty("offset").GetInt64() > 300_000);
        first.Close();
        long least = long.MaxValue;
        await file.ServeAsync(
            await _guest.AcceptAsync(),
            downloading,
            call =>
            {
                least = call.Method == "file_read" ? Math.Min(least, call.Params.GetProperty("offset").GetInt64()) : least;
                return false;
            });
        await downloading.InTime();
        Assert.Equal(Content, _destination.ToArray());
        Assert.InRange(least, 1, 300_001 + (256 * 1024));
    }

    [Fact]
    public async Task A_file_that_changes_meanwhile_is_an_error_of_its_own()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall first = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(first, new ScriptedFile(Content).Read(first));
        await new ScriptedFile(Content, "v2").ServeAsync(agent, downloading);
        Assert.Equal(TransferFailure.FileChanged, await FailureAsync(downloading));
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_file_that_is_another_version_than_was_asked_for_is_not_read_on()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var rest = new DownloadOptions { Offset = 10, Version = "v0" };
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, rest, cancellationToken: Token);
        await new ScriptedFile(Content).ServeAsync(agent, downloading);
        Assert.Equal(TransferFailure.FileChanged, await FailureAsync(downloading));
        Assert.Equal(0, _destination.Length);
    }

    [Fact]
    public async Task A_file_that_ends_before_its_size_was_changed()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await agent.AnswerAsync(
            await agent.ReceiveAsync("file_read"), ScriptedFile.Piece(Content.AsSpan(0, 100), 0, 1_000_000, eof: true));
        Assert.Equal(TransferFailure.FileChanged, await FailureAsync(downloading));
    }

    [Theory]
    [InlineData("\"sha256\":\"00\"", TransferFailure.HashMismatch)]
    [InlineData("\"version\":\"v2\"", TransferFailure.FileChanged)]
    [InlineData("\"size_bytes\":99", TransferFailure.FileChanged)]
    public async Task What_the_guest_does_not_confirm_is_an_error(string member, TransferFailure expected)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var file = new ScriptedFile(Content[..100]);
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall read = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(read, file.Read(read));
        string name = member.Split(':')[0];
        ScriptedCall hash = await agent.ReceiveAsync("file_hash");
        IEnumerable<string> members = file.Hash(hash).Trim('{', '}').Split(',')
            .Select(text => text.StartsWith(name, StringComparison.Ordinal) ? member : text);
        await agent.AnswerAsync(hash, $$"""{{{string.Join(',', members)}}}""");
        Assert.Equal(expected, await FailureAsync(downloading));
    }

    [Fact]
    public async Task A_file_without_a_size_is_read_to_its_end_and_not_compared()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/proc/x", _destination, cancellationToken: Token);
        foreach ((int offset, int length, bool eof) in
            ((int, int, bool)[])[(0, 16384, false), (16384, 100, false), (16484, 5, true)])
        {
            ScriptedCall call = await agent.ReceiveAsync("file_read");
            Assert.Equal(offset, call.Params.GetProperty("offset").GetInt64());
            await agent.AnswerAsync(call, ScriptedFile.Piece(Content.AsSpan(offset, length), offset, 0, eof));
        }

        DownloadResult result = await downloading.InTime();
        Assert.Equal(Content[..16489], _destination.ToArray());
        Assert.Null(result.Sha256);
    }

    [Theory]
    [InlineData(
        """{"content":"AAAA","size_bytes":3,"encoding":"base64","offset":1,"file_size_bytes":9,"eof":false,"version":"v"}""")]
    [InlineData(
        """{"content":"AAAA","size_bytes":4,"encoding":"base64","offset":0,"file_size_bytes":9,"eof":false,"version":"v"}""")]
    [InlineData(
        """{"content":"A*AA","size_bytes":3,"encoding":"base64","offset":0,"file_size_bytes":9,"eof":false,"version":"v"}""")]
    [InlineData(
        """{"content":"AAAA","size_bytes":3,"encoding":"base64","offset":0,"file_size_bytes":-1,"eof":false,"version":"v"}""")]
    [InlineData("""{"content":"","size_bytes":0,"encoding":"base64","offset":0,"file_size_bytes":9,"eof":false,"version":"v"}""")]
    [InlineData("""{"content":7,"size_bytes":0,"encoding":"base64","offset":0,"file_size_bytes":9,"eof":false,"version":"v"}""")]
    public async Task A_piece_that_cannot_be_ends_the_connection(string piece)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("file_read"), piece);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task More_bytes_than_asked_for_end_the_connection()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("file_read"), ScriptedFile.Piece(Content, 0, Content.Length, eof: true));
        await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, (await client.Closed.InTime()).Reason);
        Assert.Equal(0, _destination.Length);
    }

    [Fact]
    public async Task Cancelling_cancels_what_is_under_way()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        using var giveUp = new CancellationTokenSource();
        Task<DownloadResult> downloading =
            client.Files.DownloadAsync("/f", _destination, cancellationToken: giveUp.Token);
        await agent.ReceiveAsync("file_read");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloading.InTime());
        await agent.ReceiveAsync("cancel");
    }

    [Fact]
    public async Task Progress_ends_with_all_of_it()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var progress = new LastProgress();
        Task<DownloadResult> downloading =
            client.Files.DownloadAsync("/f", _destination, progress: progress, cancellationToken: Token);
        await new ScriptedFile(Content).ServeAsync(agent, downloading);
        await downloading.InTime();
        Assert.Equal(new TransferProgress(Content.Length, Content.Length), progress.Last);
    }

    public void Dispose() => _destination.Dispose();

    private static byte[] MakeContent(int length)
    {
        byte[] content = new byte[length];
        new Random(7).NextBytes(content);
        return content;
    }

    private static async Task<TransferFailure> FailureAsync(Task task) =>
        (await Assert.ThrowsAsync<GuestTransferException>(() => task.InTime())).Reason;
}
