using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GuestAgent.Dialects;
using Xunit;

namespace GuestAgent.Tests.Unit.Dialects;

public sealed class OutboundLanesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 0));
    private readonly OutboundLanes _lanes;
    private bool _overrun;

    public OutboundLanesTests() => _lanes = new OutboundLanes(_pipe.Writer, 1000, AnyMemory.Share(), () => _overrun = true);

    [Fact]
    public async Task Replies_overtake_streams_and_streams_take_turns()
    {
        StreamLane a = _lanes.OpenStream();
        StreamLane b = _lanes.OpenStream();
        _lanes.PostReply(Line("first"));
        await PostAsync(a, "a1");
        await PostAsync(a, "a2");
        await PostAsync(b, "b1");
        _lanes.PostLatest("cpu", Line("telemetry"));
        a.PostLast(Line("a-end"));
        _lanes.PostReply(Line("reply"));

        Assert.Equal(["first", "reply", "a1", "b1", "a2", "a-end", "telemetry"], await ReadAsync(7));
    }

    [Fact]
    public async Task Short_replies_overtake_long_ones_which_take_turns_with_streams()
    {
        OutboundLanes lanes = new(_pipe.Writer, 1 << 20, AnyMemory.Share(), () => _overrun = true);
        StreamLane stream = lanes.OpenStream();
        string first = new('1', 5000);
        string second = new('2', 5000);
        lanes.PostReply(Line("first"));
        lanes.PostReply(Line(first));
        lanes.PostReply(Line(second));
        await PostAsync(stream, "s1");
        await PostAsync(stream, "s2");
        lanes.PostReply(Line("pong"));

        Assert.Equal(["first", "pong", first, "s1", second, "s2"], await ReadAsync(6));
    }

    [Fact]
    public async Task Telemetry_that_waits_is_replaced_by_newer()
    {
        _lanes.PostReply(Line("first"));
        _lanes.PostLatest("cpu", Line("old"));
        _lanes.PostLatest("disk", Line("disk"));
        _lanes.PostLatest("cpu", Line("new"));

        string[] lines = await ReadAsync(3);
        Assert.Equal("first", lines[0]);
        Assert.Equal(["disk", "new"], lines[1..].Order());
    }

    [Fact]
    public async Task A_stream_waits_for_room_and_a_host_that_is_gone_lets_it_go()
    {
        StreamLane stream = _lanes.OpenStream();
        _lanes.PostReply(Line("first"));
        Task posting = PostManyAsync(stream);
        Assert.False(posting.IsCompleted);

        _lanes.Close();
        await posting.WaitAsync(Patience, TestContext.Current.CancellationToken);

        static async Task PostManyAsync(StreamLane stream)
        {
            for (int i = 0; i < 10; i++)
            {
                await PostAsync(stream, new string('x', 32 * 1024));
            }
        }
    }

    [Fact]
    public void A_host_that_reads_no_replies_is_given_up()
    {
        for (int i = 0; i < 100; i++)
        {
            _lanes.PostReply(Line(new string('x', 50)));
        }

        Assert.True(_overrun);
        Assert.True(_lanes.WhenIdleAsync() is not null);
    }

    [Fact]
    public async Task One_reply_over_the_bound_is_sent_when_nothing_else_waits()
    {
        _lanes.PostReply(Line(new string('x', 5000)));
        Assert.Equal(5000, (await ReadAsync(1))[0].Length);
        Assert.False(_overrun);
    }

    [Fact]
    public async Task What_waits_for_a_former_host_is_dropped()
    {
        StreamLane stream = _lanes.OpenStream();
        _lanes.PostReply(Line("under way"));
        _lanes.PostReply(Line("dropped"));
        await PostAsync(stream, "dropped");
        _lanes.Clear();
        _lanes.PostReply(Line("next"));

        Assert.Equal(["under way", "next"], await ReadAsync(2));
    }

    [Fact]
    public async Task What_comes_late_for_a_former_host_is_dropped()
    {
        int former = _lanes.Generation;
        StreamLane stream = _lanes.OpenStream(former);
        _lanes.Clear();
        _lanes.PostReply(Line("late"), former);
        _lanes.PostLatest("cpu", Line("late"), former);
        stream.PostLast(Line("late"));
        _lanes.PostReply(Line("next"), _lanes.Generation);
        _lanes.PostReply(Line("last"));

        Assert.Equal(["next", "last"], await ReadAsync(2));
    }

    [Fact]
    public async Task What_was_gathered_is_sent_when_all_behind_it_is_dropped()
    {
        OutboundLanes? lanes = null;
        // The second write is "gathered", with "dropped" behind it.
        var output = new ObservedWriter(_pipe.Writer, write => { if (write == 2) { lanes!.Clear(); } });
        lanes = new OutboundLanes(output, 1000, AnyMemory.Share(), () => _overrun = true);
        lanes.PostReply(Line("under way"));
        lanes.PostReply(Line("gathered"));
        lanes.PostReply(Line("dropped"));

        Assert.Equal(["under way", "gathered"], await ReadAsync(2));
    }

    [Fact]
    public async Task Many_threads_lose_and_break_no_line()
    {
        const int Threads = 8;
        const int Each = 2000;
        var lanes = new OutboundLanes(_pipe.Writer, int.MaxValue, AnyMemory.Share(), () => _overrun = true);
        Task<string[]> reading = ReadAsync(Threads * Each);
        await Parallel.ForAsync(0, Threads, async (thread, _) =>
        {
            StreamLane stream = lanes.OpenStream();
            for (int i = 0; i < Each; i++)
            {
                if (i % 2 == 0)
                {
                    lanes.PostReply(Line($"{thread}:{i}"));
                }
                else
                {
                    await stream.PostAsync(Line($"{thread}:{i}"), CancellationToken.None);
                }
            }
        });

        IEnumerable<string> expected = Enumerable.Range(0, Threads)
            .SelectMany(thread => Enumerable.Range(0, Each).Select(i => $"{thread}:{i}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await reading).Order(StringComparer.Ordinal));
    }

    private static PooledLine Line(string text)
    {
        var line = new PooledLine(AnyMemory.Share());
        line.Write(Encoding.ASCII.GetBytes(text + "\n"));
        return line;
    }

    private static async Task PostAsync(StreamLane stream, string text) =>
        await stream.PostAsync(Line(text), CancellationToken.None);

    private async Task<string[]> ReadAsync(int count)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        int lines = 0;
        while (lines < count)
        {
            ReadResult read = await _pipe.Reader.ReadAsync(limit.Token);
            string piece = Encoding.ASCII.GetString(read.Buffer);
            lines += piece.Count(c => c == '\n');
            text.Append(piece);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }

        return text.ToString().Split('\n')[..^1];
    }

    /// <summary>A writer that tells, after each write, how many there were.</summary>
    private sealed class ObservedWriter(PipeWriter inner, Action<int> written) : PipeWriter
    {
        private int _writes;

        public override void Advance(int bytes)
        {
            inner.Advance(bytes);
            _writes += Math.Sign(bytes);
            written(_writes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);
    }
}
