using System.Text;
using GuestAgent.Contracts.Agent;
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
    private readonly ScriptedAgent _attaching = new(capacityBytes: 4 * 1024 * 1024);

    private static AgentDescription Attaching => ScriptedAgent.Describe(more: ["attached_content"]);

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
                // Agents refuse what they do not know, and this one does not say that it attaches.
                Assert.DoesNotContain(call.Params.EnumerateObject(), member => member.Name == "attached");
                long last = call.Params.GetProperty("offset").GetInt64() + call.Params.GetProperty("length").GetInt64();
                Assert.InRange(last, 0, offset + length);
                return false;
            });
        await downloading.InTime();
        int start = Math.Min(offset, Content.Length);
        Assert.Equal(Content[start..Math.Min(start + length, Content.Length)], _destination.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task Pieces_come_attached_from_an_agent_that_can_in_whatever_portions(int portion)
    {
        await using GuestClient client = await _attaching.AttachAsync(description: Attaching);
        byte[] content = Content[..300_000];
        Array.Fill(content, (byte)'\n', 100, 1000);
        Task<DownloadResult> downloading = client.Files.DownloadAsync(
            "/f", _destination, new DownloadOptions { Verify = false }, cancellationToken: Token);
        for (int sent = 0; sent < content.Length;)
        {
            ScriptedCall call = await _attaching.ReceiveAsync("file_read");
            Assert.True(call.Params.GetProperty("attached").GetBoolean());
            Assert.Equal(sent, call.Params.GetProperty("offset").GetInt32());
            byte[] piece = content[sent..Math.Min(sent + call.Params.GetProperty("length").GetInt32(), content.Length)];
            byte[] answer = [.. Encoding.UTF8.GetBytes(Attached(call, piece.Length, sent, content.Length, piece.Length)), .. piece];
            // In portions where the line and its attachment meet, and at the end.
            int meet = answer.Length - piece.Length;
            await _attaching.SendAsync(answer.AsMemory(0, meet - 20));
            await SendInPortionsAsync(answer.AsMemory((meet - 20)..(meet + 20)), portion);
            await _attaching.SendAsync(answer.AsMemory((meet + 20)..^20));
            await SendInPortionsAsync(answer.AsMemory(answer.Length - 20), portion);
            sent += piece.Length;
        }

        await downloading.InTime();
        Assert.Equal(content, _destination.ToArray());
        Task pinging = client.PingAsync(Token);
        await _attaching.AnswerAsync(await _attaching.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        await pinging.InTime();
    }

    [Fact]
    public async Task A_hole_is_not_written_and_what_was_asked_for_in_it_is_no_harm()
    {
        const int Size = 3_000_000;
        byte[] content = new byte[Size];
        content.AsSpan(0, 100_000).Fill(1);
        content.AsSpan(Size - 10, 5).Fill(2);
        await using GuestClient client = await _attaching.AttachAsync(description: ScriptedAgent.Describe(more: ["sparse_files"]));
        var options = new DownloadOptions { Sparse = true };
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, options, cancellationToken: Token);
        while (await _attaching.ReceiveAsync() is { Method: "file_read" } call)
        {
            int offset = call.Params.GetProperty("offset").GetInt32();
            int length = Math.Min(call.Params.GetProperty("length").GetInt32(), Size - offset);
            int dataEnd = offset < 100_000 ? 100_000 : offset < Size - 10 ? offset : Size - 5;
            int end = Math.Min(offset + length, Math.Max(dataEnd, offset));
            int hole = end < dataEnd ? 0 : end < Size - 10 ? Size - 10 - end : Size - end;
            string told = hole > 0 ? $",\"hole_bytes\":{hole}" : "";
            bool eof = end + hole == Size;
            await _attaching.AnswerAsync(
                call,
                $$"""{"content":"{{Convert.ToBase64String(content[offset..end])}}","size_bytes":{{end - offset}},"encoding":"base64","offset":{{offset}},"file_size_bytes":{{Size}},"eof":{{(eof ? "true" : "false")}},"version":"v1"{{told}}}""");
            if (eof)
            {
                break;
            }
        }

        using var hash = new GuestAgent.Hashing.ContentHash(inBlocks: true);
        hash.Add(content);
        ScriptedCall asked;
        do
        {
            asked = await _attaching.ReceiveAsync();
        }
        while (asked.Method != "file_hash");
        Assert.True(asked.Params.GetProperty("blocks").GetBoolean());
        await _attaching.AnswerAsync(asked, $$"""{"sha256":"{{hash.FinishText()}}","size_bytes":{{Size}},"version":"v1"}""");
        Assert.Equal(Size, (await downloading.InTime()).Bytes);
        Assert.Equal(content, _destination.ToArray());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    [InlineData(999_991, true)]
    [InlineData(long.MaxValue, true)]
    [InlineData(1000, false)]
    public async Task A_hole_that_cannot_be_ends_the_connection(long hole, bool sparse)
    {
        await using GuestClient client = await _attaching.AttachAsync(description: ScriptedAgent.Describe(more: ["sparse_files"]));
        var options = new DownloadOptions { Sparse = sparse };
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, options, cancellationToken: Token);
        ScriptedCall call = await _attaching.ReceiveAsync("file_read");
        await _attaching.AnswerAsync(
            call,
            $$"""{"content":"AAAAAAAAAAAAAA==","size_bytes":10,"encoding":"base64","offset":0,"file_size_bytes":1000000,"eof":false,"version":"v1","hole_bytes":{{hole}}}""");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task An_agent_that_knows_of_no_holes_is_not_asked_for_them()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync(
            "/f", _destination, new DownloadOptions { Sparse = true }, cancellationToken: Token);
        await new ScriptedFile(Content).ServeAsync(agent, downloading, call =>
        {
            Assert.DoesNotContain(call.Params.EnumerateObject(), member => member.Name is "holes" or "blocks");
            return false;
        });
        await downloading.InTime();
        Assert.Equal(Content, _destination.ToArray());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    [InlineData(262_145, 262_145)]
    [InlineData(int.MaxValue, 1)]
    public async Task Attached_bytes_that_are_not_as_many_as_was_asked_for_and_said_end_the_connection(int attached, int said)
    {
        await using GuestClient client = await _attaching.AttachAsync(description: Attaching);
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall call = await _attaching.ReceiveAsync("file_read");
        await _attaching.SendAsync(Encoding.UTF8.GetBytes(Attached(call, attached, 0, 1_000_000, said)));
        await _attaching.SendAsync(new byte[Math.Min(attached, 300_000)]);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task A_channel_that_ends_among_attached_bytes_is_lost()
    {
        await using GuestClient client = await _attaching.AttachAsync(description: Attaching);
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall call = await _attaching.ReceiveAsync("file_read");
        await _attaching.SendAsync(Encoding.UTF8.GetBytes(Attached(call, 1000, 0, 1000, 1000)));
        await _attaching.SendAsync(new byte[999]);
        _attaching.Close();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
        Assert.Equal(ConnectionFailure.Lost, e.Reason);
        Assert.Equal(0, _destination.Length);
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
    public async Task A_file_that_only_becomes_longer_comes_as_long_as_it_was()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall first = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(first, new ScriptedFile(Content[..500_000]).Read(first));
        await new ScriptedFile(Content, "v2").ServeAsync(agent, downloading);
        DownloadResult result = await downloading.InTime();
        Assert.Equal(Content[..500_000], _destination.ToArray());
        Assert.Equal((500_000, "v2"), (result.Bytes, result.Version));
    }

    [Fact]
    public async Task A_file_that_becomes_longer_and_other_is_an_error()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        ScriptedCall first = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(first, new ScriptedFile(Content[..500_000]).Read(first));
        byte[] other = [.. Content];
        other[0] ^= 1;
        await new ScriptedFile(other, "v2").ServeAsync(agent, downloading);
        Assert.Equal(TransferFailure.FileChanged, await FailureAsync(downloading));
    }

    [Fact]
    public async Task Without_a_comparison_a_file_must_not_even_become_longer()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        var options = new DownloadOptions { Verify = false };
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, options, cancellationToken: Token);
        ScriptedCall first = await agent.ReceiveAsync("file_read");
        await agent.AnswerAsync(first, new ScriptedFile(Content[..500_000]).Read(first));
        await new ScriptedFile(Content, "v2").ServeAsync(agent, downloading);
        Assert.Equal(TransferFailure.FileChanged, await FailureAsync(downloading));
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
    public async Task A_file_that_ends_before_its_size_is_as_long_as_it_is()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", _destination, cancellationToken: Token);
        await agent.AnswerAsync(
            await agent.ReceiveAsync("file_read"), ScriptedFile.Piece(Content.AsSpan(0, 100), 0, 1_000_000, eof: true));
        DownloadResult result = await downloading.InTime();
        Assert.Equal((100, null), (result.Bytes, result.Sha256));
        Assert.Equal(Content[..100], _destination.ToArray());
    }

    [Theory]
    [InlineData("\"sha256\":\"00\"", TransferFailure.HashMismatch)]
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

    private async Task SendInPortionsAsync(ReadOnlyMemory<byte> bytes, int portion)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(portion, bytes.Length)..])
        {
            await _attaching.SendAsync(bytes[..Math.Min(portion, bytes.Length)]);
        }
    }

    private static string Attached(ScriptedCall call, int bytes, long offset, long fileSize, int said) =>
        $$"""{"jsonrpc":"2.0","id":{{call.Id}},"attached_bytes":{{bytes}},"result":{"content":"","size_bytes":{{said}},"encoding":""" +
        $$""" "base64","offset":{{offset}},"file_size_bytes":{{fileSize}},"eof":{{(offset + said >= fileSize ? "true" : "false")}},"version":"v1"} }""" +
        "\n";
}
