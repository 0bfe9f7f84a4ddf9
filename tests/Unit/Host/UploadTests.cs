using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class UploadTests
{
    private static readonly GuestClientOptions Quick = new()
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private static readonly byte[] Content = MakeContent(1_000_000);

    private readonly ScriptedGuest _guest = new();
    private readonly ScriptedUpload _upload = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task A_source_of_any_size_arrives_whole_and_is_committed_with_its_hash(int size)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var progress = new LastProgress();
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(
            Source(Content[..size], canSeek: false), "/f", progress: progress, cancellationToken: Token);
        await _upload.ServeAsync(agent, uploading);
        Assert.Equal(size, (await uploading.InTime()).BytesWritten);
        Assert.Equal(Content[..size], _upload.Committed);
        Assert.Equal(new TransferProgress(size, null), progress.Last);
    }

    [Fact]
    public async Task The_size_of_a_source_that_can_tell_is_announced()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        using Stream source = Source(Content, canSeek: true);
        source.Position = 400_000;
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        ScriptedCall open = await agent.ReceiveAsync("file_upload_open");
        Assert.Equal(600_000, open.Params.GetProperty("size_bytes").GetInt64());
        await _upload.AnswerAsync(agent, open);
        await _upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content[400_000..], _upload.Committed);
    }

    [Fact]
    public async Task Of_a_source_that_grows_meanwhile_comes_what_was_announced()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        using MemoryStream source = new();
        source.Write(Content.AsSpan(0, 100_000));
        source.Position = 0;
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        ScriptedCall open = await agent.ReceiveAsync("file_upload_open");
        Assert.Equal(100_000, open.Params.GetProperty("size_bytes").GetInt64());
        source.Position = source.Length;
        source.Write(Content.AsSpan(100_000));
        source.Position = 0;
        await _upload.AnswerAsync(agent, open);
        await _upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content[..100_000], _upload.Committed);
    }

    [Fact]
    public async Task A_source_that_says_that_it_has_no_length_is_read_to_its_end()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        using var source = new SourceWithoutLength(Content);
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        ScriptedCall open = await agent.ReceiveAsync("file_upload_open");
        Assert.DoesNotContain(open.Params.EnumerateObject(), member => member.Name == "size_bytes" && member.Value.ValueKind == JsonValueKind.Number);
        await _upload.AnswerAsync(agent, open);
        await _upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_lost_connection_it_goes_on_from_what_the_agent_has(bool canSeek)
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek), "/f", cancellationToken: Token);
        await _upload.ServeAsync(first, uploading, _ => _upload.Received.Length > 300_000);
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        ScriptedCall status = await second.ReceiveAsync("file_upload_status");
        await _upload.AnswerAsync(second, status);
        await _upload.ServeAsync(second, uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
        Assert.Equal(1, _upload.Opened);
    }

    [Fact]
    public async Task An_agent_that_has_less_than_before_gets_it_again_from_a_source_that_can_seek()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: true), "/f", cancellationToken: Token);
        await SetBackAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
    }

    [Fact]
    public async Task An_agent_that_has_less_than_before_loses_an_upload_that_cannot_be_read_again()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: false), "/f", cancellationToken: Token);
        await SetBackAsync(agent, uploading);
        GuestTransferException e = await Assert.ThrowsAsync<GuestTransferException>(() => uploading.InTime());
        Assert.Equal(TransferFailure.UploadLost, e.Reason);
    }

    [Fact]
    public async Task A_restarted_agent_gets_it_from_the_beginning()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: true), "/f", cancellationToken: Token);
        await _upload.ServeAsync(first, uploading, _ => _upload.Received.Length > 300_000);
        _upload.IsKnown = false;
        await first.SendAsync(ScriptedAgent.Ready("instance-2"));
        await _upload.ServeAsync(await _guest.AcceptAsync(ScriptedAgent.Describe("instance-2")), uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
        Assert.Equal(2, _upload.Opened);
    }

    [Fact]
    public async Task An_agent_that_forgets_every_upload_is_not_asked_for_ever()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: true), "/f", cancellationToken: Token);
        await _upload.ServeAsync(
            agent,
            uploading,
            call =>
            {
                _upload.IsKnown = false;
                return false;
            });
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => uploading.InTime());
        Assert.Equal(ErrorCode.NotFound, e.Code);
        Assert.Equal(3, _upload.Opened);
    }

    [Fact]
    public async Task A_lost_reply_to_the_commit_is_asked_for_again()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: false), "/f", cancellationToken: Token);
        await _upload.ServeAsync(first, uploading, call => call.Method == "file_upload_commit");
        first.Close();
        await _upload.ServeAsync(await _guest.AcceptAsync(), uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
    }

    [Fact]
    public async Task Another_client_goes_on_with_an_upload_and_sends_only_what_is_missing()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        _upload.Has(Content.AsSpan(0, 700_000));
        Task<FileUploadCommitResult> uploading =
            client.Files.ContinueUploadAsync("abc", Source(Content, canSeek: false), cancellationToken: Token);
        await _upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
    }

    [Fact]
    public async Task A_source_that_is_shorter_than_what_the_guest_has_is_another_one()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        _upload.Has(Content.AsSpan(0, 700_000));
        Task<FileUploadCommitResult> uploading = client.Files.ContinueUploadAsync(
            "abc", Source(Content[..600_000], canSeek: false), cancellationToken: Token);
        await _upload.ServeAsync(agent, uploading);
        GuestTransferException e = await Assert.ThrowsAsync<GuestTransferException>(() => uploading.InTime());
        Assert.Equal(TransferFailure.SourceTooShort, e.Reason);
        Assert.False(_upload.Cancelled);
    }

    [Fact]
    public async Task A_refused_piece_ends_the_upload_and_drops_it()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content[..10], canSeek: true), "/f", cancellationToken: Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await agent.RefuseAsync(await agent.ReceiveAsync("file_upload_write"), -32004, "The disk is full.");
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => uploading.InTime());
        Assert.Equal(ErrorCode.Busy, e.Code);
        Assert.Null((await agent.ReceiveAsync("file_upload_cancel")).Id);
    }

    [Fact]
    public async Task A_cancelled_upload_is_dropped_in_the_guest()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        using var giveUp = new CancellationTokenSource();
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content[..10], canSeek: true), "/f", cancellationToken: giveUp.Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await agent.ReceiveAsync("file_upload_write");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uploading.InTime());
        await agent.ReceiveAsync("cancel");
        await agent.ReceiveAsync("file_upload_cancel");
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_upload_with_its_own_failure()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Stream closed = Source([], canSeek: false);
        await closed.DisposeAsync();
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(closed, "/f", cancellationToken: Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => uploading.InTime());
        await agent.ReceiveAsync("file_upload_cancel");
    }

    [Theory]
    [InlineData("""{"token":"","offset":0,"max_chunk_bytes":1,"expires_in_seconds":1}""")]
    [InlineData("""{"token":"t","offset":5,"max_chunk_bytes":1,"expires_in_seconds":1}""")]
    [InlineData("""{"token":"t","offset":0,"max_chunk_bytes":0,"expires_in_seconds":1}""")]
    public async Task An_opening_that_cannot_be_ends_the_connection(string answer)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content, canSeek: true), "/f", cancellationToken: Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("file_upload_open"), answer);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => uploading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task A_confirmation_of_another_piece_ends_the_connection()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<FileUploadCommitResult> uploading =
            client.Files.UploadAsync(Source(Content[..10], canSeek: true), "/f", cancellationToken: Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await agent.AnswerAsync(await agent.ReceiveAsync("file_upload_write"), """{"offset":11}""");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => uploading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    // As after a restored snapshot: behind what the host has been told.
    private Task SetBackAsync(ScriptedAgent agent, Task uploading)
    {
        bool isBack = false;
        return _upload.ServeAsync(
            agent,
            uploading,
            call =>
            {
                if (!isBack && _upload.Received.Length > 500_000)
                {
                    _upload.Received.SetLength(123_456);
                    isBack = true;
                }

                return false;
            });
    }

    [Fact]
    public async Task Another_call_goes_ahead_of_the_pieces_that_wait_to_be_sent()
    {
        // Less than a piece: the first one that is on its way holds up the others.
        var agent = new ScriptedAgent(capacityBytes: 4096);
        await using GuestClient client = await agent.AttachAsync();
        using var source = new WatchedSource(Content);
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await source.ReadFourTimes.InTime();
        ScriptedCall first = await agent.ReceiveAsync("file_upload_write");
        Task<PingResult> pinging = client.PingAsync(Token);

        ScriptedCall next = await agent.ReceiveAsync();
        if (next.Method == "file_upload_write")
        {
            // Was on its way already.
            await _upload.AnswerAsync(agent, first);
            (first, next) = (next, await agent.ReceiveAsync());
        }

        Assert.Equal("ping", next.Method);
        await agent.AnswerAsync(next, """{"pong":true,"timestamp":7}""");
        await pinging.InTime();
        await _upload.AnswerAsync(agent, first);
        await _upload.ServeAsync(agent, uploading);
        await uploading.InTime();
        Assert.Equal(Content, _upload.Committed);
    }

    [Fact]
    public async Task Calls_that_keep_the_channel_busy_leave_turns_to_an_upload()
    {
        var agent = new ScriptedAgent(capacityBytes: 4096);
        await using GuestClient client = await agent.AttachAsync();
        using var source = new WatchedSource(Content);
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        await _upload.AnswerAsync(agent, await agent.ReceiveAsync("file_upload_open"));
        await source.ReadFourTimes.InTime();
        await agent.ReceiveAsync("file_upload_write");
        JsonElement longParameters = JsonElement.Parse($"{{\"text\":\"{new string('x', 20_000)}\"}}");
        Task<JsonElement>[] calls = [.. Enumerable.Range(0, 6).Select(_ => client.CallAsync("busy", longParameters, cancellationToken: Token))];

        List<string> methods = [];
        for (int i = 0; i < 6; i++)
        {
            methods.Add((await agent.ReceiveAsync()).Method);
        }

        // The three that are under way beside the first; of the calls there are six.
        Assert.Equal(3, methods.Count(method => method == "file_upload_write"));
        await client.DisposeAsync();
        await Assert.ThrowsAsync<GuestConnectionException>(() => uploading.InTime());
        await Assert.ThrowsAsync<GuestConnectionException>(() => Task.WhenAll(calls).InTime());
    }

    private static Stream Source(byte[] content, bool canSeek) =>
        canSeek ? new MemoryStream(content) : new BufferedReader(new MemoryStream(content));

    private static byte[] MakeContent(int length)
    {
        byte[] content = new byte[length];
        new Random(8).NextBytes(content);
        return content;
    }

    /// <summary>Tells when three pieces are on their way and the fourth is asked for.</summary>
    private sealed class WatchedSource(byte[] content) : MemoryStream(content)
    {
        private readonly TaskCompletionSource _readFourTimes = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public Task ReadFourTimes => _readFourTimes.Task;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_reads == 4)
            {
                _readFourTimes.SetResult();
            }

            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    /// <summary>As files of /proc are.</summary>
    private sealed class SourceWithoutLength(byte[] content) : MemoryStream(content)
    {
        public override long Length => 0;
    }

    /// <summary>A stream that cannot seek and gives little at a time, as a pipe does.</summary>
    private sealed class BufferedReader(MemoryStream content) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            content.ReadAsync(buffer[..Math.Min(buffer.Length, 5000)], cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            base.Dispose(disposing);
        }
    }
}
