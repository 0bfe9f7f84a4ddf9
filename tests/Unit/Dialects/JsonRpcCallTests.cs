using System.IO.Pipelines;
using System.Text;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Sessions;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class JsonRpcCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 0));
    private readonly HostSessions<JsonRpcSession> _hosts;

    public JsonRpcCallTests() => _hosts = new AnyChannel(_pipe.Writer).Hosts;

    [Fact]
    public async Task Whoever_cancels_does_not_do_what_ends_the_operation()
    {
        // The reader of all connections cancels; ending a command looks through all processes.
        using var go = new ManualResetEventSlim();
        JsonRpcCall call = Call("1", _hosts.Current.Replies);
        var ended = new TaskCompletionSource<bool>();
        using CancellationTokenRegistration registration =
            call.Cancelled.Register(() => ended.SetResult(go.Wait(Patience)));
        call.Cancel();
        Assert.True(call.Cancelled.IsCancellationRequested);
        go.Set();
        Assert.True(await ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken), "cancelling waited");
    }

    [Fact]
    public void A_batch_of_a_host_that_has_gone_is_not_answered_with_what_was_there_already()
    {
        var batch = AnyMemory.Batch(_hosts.Current.Replies, 2, 1 << 20);
        JsonRpcCall first = Call("1", batch);
        JsonRpcCall second = Call("2", batch);
        first.Answer(Refused);
        _hosts.Start();
        second.Answer(Refused);
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task The_array_of_a_batch_comes_behind_what_any_of_its_requests_has_streamed()
    {
        var batch = AnyMemory.Batch(_hosts.Current.Replies, 2, 1 << 20);
        JsonRpcCall first = Call("1", batch);
        JsonRpcCall second = Call("2", batch);
        // A host that does not read yet: what streams waits.
        _hosts.Current.Replies.Send(CallId.Null, JsonRpcLine.Error(CallId.Null, new Failure(ErrorCode.Busy, "before"), AnyMemory.Share()), null);
        for (int i = 0; i < 3; i++)
        {
            await first.EmitAsync(ExecCommand.Output, Piece("1", i), TestContext.Current.CancellationToken);
        }

        await second.EmitAsync(ExecCommand.Output, Piece("2", 0), TestContext.Current.CancellationToken);
        first.Answer(Refused);
        second.Answer(Refused);

        string[] lines = await ReadAsync(6);
        Assert.Contains("before", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..5], line => Assert.Contains("exec_output", line, StringComparison.Ordinal));
        Assert.StartsWith("[", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_a_host_that_has_gone_unmarked_is_not_answered_either()
    {
        var batch = AnyMemory.Batch(_hosts.Current.Replies, 2, 1 << 20);
        JsonRpcCall first = Call("1", batch);
        JsonRpcCall second = Call("2", batch);
        first.Answer(Refused);
        second.Abandon();
        second.Answer(Refused);
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    private static Reply Refused => Reply.Of(new Failure(ErrorCode.Busy, "Not now."));

    private static ExecOutput Piece(string id, long offset) =>
        new(new CallId(id), OutputChannel.Stdout, offset, new byte[1]);

    private async Task<string[]> ReadAsync(int count)
    {
        var text = new StringBuilder();
        string[] lines;
        do
        {
            ReadResult read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            lines = text.ToString().Split('\n')[..^1];
        }
        while (lines.Length < count);

        return lines;
    }

    private JsonRpcCall Call(string id, IReplySink replies) => new(_hosts.Current, new CallId(id), replies);
}
