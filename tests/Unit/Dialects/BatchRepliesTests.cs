using System.Text;
using GuestAgent.Contracts;
using GuestAgent.Dialects;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class BatchRepliesTests : IReplySink
{
    private readonly List<string> _sent = [];
    private int _dropped;

    StreamLane IReplySink.OpenStream() => throw new NotSupportedException();

    void IReplySink.Send(CallId id, PooledLine line, StreamLane? behind)
    {
        _sent.Add(Encoding.UTF8.GetString(line.Memory.Span));
        line.Dispose();
    }

    void IReplySink.Skip()
    {
    }

    void IReplySink.Drop() => _dropped++;

    [Fact]
    public void An_answer_for_which_the_array_has_no_room_is_replaced_by_an_error_and_shorter_ones_still_fit()
    {
        const int MaxBytes = 64 * 1024;
        const int Size = 64;
        var batch = AnyMemory.Batch(this, Size, MaxBytes);
        for (int i = 0; i < Size; i++)
        {
            var id = new CallId($"\"{i}{new string('i', 250)}\"");
            batch.Send(id, Error(id, i == Size - 1 ? "short" : new string('x', 20_000)), null);
        }

        string array = Assert.Single(_sent);
        Assert.InRange(array.Length, 0, MaxBytes);
        Assert.Equal(1, Count(array, new string('x', 20_000)));
        Assert.Equal(Size - 2, Count(array, "-32006"));
        Assert.Equal(1, Count(array, "short"));
    }

    [Fact]
    public void What_fits_is_not_replaced()
    {
        var batch = AnyMemory.Batch(this, 2, 64 * 1024);
        batch.Send(new CallId("1"), Error(new CallId("1"), new string('x', 30_000)), null);
        batch.Send(new CallId("2"), Error(new CallId("2"), new string('x', 30_000)), null);
        Assert.Equal(2, Count(Assert.Single(_sent), new string('x', 30_000)));
    }

    [Fact]
    public void Answers_for_a_host_that_is_gone_are_dropped_with_those_that_were_there_before()
    {
        var batch = AnyMemory.Batch(this, 3, 64 * 1024);
        batch.Send(new CallId("1"), Error(new CallId("1"), "there before"), null);
        batch.Drop();
        batch.Skip();
        Assert.Equal((0, 1), (_sent.Count, _dropped));
    }

    private static PooledLine Error(CallId id, string sentence) =>
        JsonRpcLine.Error(id, new Failure(ErrorCode.CommandFailed, sentence), AnyMemory.Share());

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
