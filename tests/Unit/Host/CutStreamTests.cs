using System.Buffers.Binary;
using System.Text;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

/// <summary>
/// What ends before its end is never taken for all of it, wherever that is: on some channels a peer that goes away looks like one
/// that has finished.
/// </summary>
public sealed class CutStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_reply_is_one_only_with_the_end_of_its_line() => AtEachCutAsync(
        client => client.PingAsync(Token),
        call => Reply(call, """{"pong":true,"timestamp":1}"""),
        length => length);

    [Fact]
    public Task A_result_of_a_command_is_one_only_with_the_end_of_its_line() => AtEachCutAsync(
        client => client.ExecuteAsync(new GuestCommand("true"), Token),
        call => Reply(call, ScriptedAgent.Exit(stdout: "out")),
        length => length);

    [Fact]
    public Task What_is_attached_to_a_reply_is_counted() => AtEachCutAsync(
        async client =>
        {
            using var destination = new MemoryStream();
            await client.Files.DownloadAsync(
                "/f", destination, new DownloadOptions { Verify = false }, cancellationToken: Token);
            Assert.Equal("hello\n"u8.ToArray(), destination.ToArray());
        },
        call =>
            $$"""{"jsonrpc":"2.0","id":{{call.Id}},"attached_bytes":6,"result":{"content":"","size_bytes":6,"encoding":""" +
            """ "base64","offset":0,"file_size_bytes":6,"eof":true,"version":"v1"} }""" + "\nhello\n\n",
        length => length - 1,
        "attached_content");

    [Fact]
    public Task Output_of_a_streamed_command_is_all_only_with_its_end() => AtEachCutAsync(
        async client =>
        {
            await using GuestProcess process = await client.StartAsync(new GuestCommand("true"), Token);
            try
            {
                await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
                {
                    Assert.False(chunk.Data.IsEmpty);
                }
            }
            catch (GuestConnectionException)
            {
                await Assert.ThrowsAsync<GuestConnectionException>(() => process.Completion);
                throw;
            }

            Assert.False((await process.Completion).OutputTruncated);
        },
        call =>
            $$"""{"jsonrpc":"2.0","method":"exec_output","params":{"id":{{call.Id}},"stream":"stdout","offset":0,"data":"b3V0"} }""" +
            "\n" + Reply(call, ScriptedAgent.Exit(stdoutBytes: 3)),
        length => length);

    [Fact]
    public async Task Output_that_is_missing_at_the_end_of_a_command_shows_by_its_count()
    {
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        await using GuestProcess process = await client.StartAsync(new GuestCommand("true"), Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("exec_command"), ScriptedAgent.Exit(stdoutBytes: 3));
        Assert.True((await process.Completion.InTime()).OutputTruncated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_download_that_ends_between_two_pieces_or_before_its_hash_fails(int answered)
    {
        byte[] content = new byte[40_000];
        var file = new ScriptedFile(content);
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        using var destination = new MemoryStream();
        Task<DownloadResult> downloading = client.Files.DownloadAsync("/f", destination, cancellationToken: Token);
        int reads = 0;
        await file.ServeAsync(
            agent, downloading, call => call.Method == "file_hash" || (answered < 3 && ++reads > answered));
        agent.Close();
        await Assert.ThrowsAsync<GuestConnectionException>(() => downloading.InTime());
    }

    [Fact]
    public async Task A_workload_is_over_only_with_its_result()
    {
        byte[] all = [.. Frame("""{"type":"log","line":"a"}"""), .. Frame("""{"type":"result","response":{"exit_code":0,"output":"o"}}""")];
        for (int cut = 0; cut <= all.Length; cut++)
        {
            var pair = new DuplexPair();
            await using var client = WorkloadClient.Over(new ChannelStream(pair.Host));
            Task<WorkloadResult> running = client.RunAsync(new WorkloadRequest("sh") { Code = "x" }, cancellationToken: Token);
            await pair.Agent.Output.WriteAsync(all.AsMemory(0, cut), Token);
            await pair.Agent.Output.CompleteAsync();
            if (cut == all.Length)
            {
                Assert.Equal(0, (await running.InTime()).ExitCode);
            }
            else
            {
                WorkloadException e = await Assert.ThrowsAsync<WorkloadException>(() => running.InTime());
                Assert.Equal(WorkloadFailure.Lost, e.Reason);
            }
        }
    }

    private static byte[] Frame(string json)
    {
        byte[] frame = new byte[4 + Encoding.UTF8.GetByteCount(json)];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        Encoding.UTF8.GetBytes(json, frame.AsSpan(4));
        return frame;
    }

    private static string Reply(ScriptedCall call, string result) =>
        $$"""{"jsonrpc":"2.0","id":{{call.Id}},"result":{{result}} }""" + "\n";

    private static async Task AtEachCutAsync(
        Func<GuestClient, Task> use, Func<ScriptedCall, string> answer, Func<int, int> needed, params string[] capabilities)
    {
        bool isWhole = false;
        for (int cut = 0; !isWhole; cut++)
        {
            var agent = new ScriptedAgent();
            await using GuestClient client =
                await agent.AttachAsync(description: ScriptedAgent.Describe(more: capabilities));
            Task attempt = use(client);
            byte[] all = Encoding.UTF8.GetBytes(answer(await agent.ReceiveAsync()));
            await agent.SendAsync(all.AsMemory(0, cut));
            agent.Close();
            isWhole = cut == needed(all.Length);
            if (isWhole)
            {
                await attempt.InTime();
            }
            else
            {
                GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => attempt.InTime());
                Assert.Equal(ConnectionFailure.Lost, e.Reason);
            }
        }
    }
}
