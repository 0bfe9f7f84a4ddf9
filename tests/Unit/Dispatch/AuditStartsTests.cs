using System.Globalization;
using GuestAgent.Dispatch;
using Xunit;

namespace GuestAgent.Tests.Unit.Dispatch;

public sealed class AuditStartsTests
{
    private readonly WatchedClock _clock = new();
    private readonly List<string> _records = [];
    private readonly AuditStarts _starts;

    public AuditStartsTests() => _starts = new AuditStarts(_records.Add, _clock);

    [Fact]
    public void What_starts_now_and_then_has_a_record_each()
    {
        for (int i = 0; i < 100; i++)
        {
            Start("/bin/sh");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(100, _records.Count);
        Assert.All(_records, record => Assert.Equal(
            "op=exec_command listener=l peer=p id=1 outcome=started subject=\"/bin/sh\" bytes=0 ms=0", record));
    }

    [Fact]
    public void No_start_is_without_a_record_before_it_however_many_there_are()
    {
        var random = new Random(1);
        long covered = 0;
        long held = 0;
        for (int i = 1; i <= 100_000; i++)
        {
            int before = _records.Count;
            Start("/bin/sh");
            if (_records.Count > before)
            {
                (covered, held) = (Covers(_records[^1]), _clock.GetTimestamp());
            }

            Assert.True(covered-- > 0, $"start {i} has no record");
            Assert.InRange(_clock.GetElapsedTime(held), TimeSpan.Zero, AuditStarts.Window);
            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(random.Next(1, 200))));
        }
    }

    [Theory]
    [InlineData(100, 25)]
    [InlineData(10_000, 30)]
    [InlineData(1_000_000, 40)]
    public void Thousands_at_once_are_a_few_records(int calls, int most)
    {
        for (int i = 0; i < calls; i++)
        {
            Start("/bin/true");
        }

        Assert.InRange(_records.Count, 16, most);
        Assert.All(_records[..16], record => Assert.DoesNotContain("covers=", record, StringComparison.Ordinal));
        Assert.Contains(" id=1 covers=16 outcome=started ", _records[16], StringComparison.Ordinal);
        Assert.InRange(_records.Sum(Covers), calls, 2L * calls);
    }

    [Fact]
    public void What_goes_on_and_on_is_two_records_each_window_at_most()
    {
        Run(windows: 1, callsInEach: 1000);
        _records.Clear();
        Run(windows: 20, callsInEach: 1000);
        Assert.InRange(_records.Count, 20, 42);

        // It has become rare: a record each again, one window later.
        Run(windows: 1, callsInEach: 4);
        _records.Clear();
        Run(windows: 1, callsInEach: 4);
        Assert.Equal(4, _records.Count);
        Assert.Equal(4, _records.Sum(Covers));
    }

    [Fact]
    public void Another_program_host_or_listener_is_another_series()
    {
        for (int i = 0; i < 1000; i++)
        {
            Start("/bin/true");
        }

        int before = _records.Count;
        Start("/bin/sh");
        _starts.Add(new AuditLine("op=exec_command listener=l peer=q", "outcome=started subject=\"/bin/true\"", null), "1");
        Assert.Equal(before + 2, _records.Count);
        Assert.All(_records[before..], record => Assert.Equal(1, Covers(record)));
    }

    [Fact]
    public void The_memory_is_bounded_and_what_is_forgotten_only_has_more_records()
    {
        for (int i = 0; i < 10_000; i++)
        {
            Start(i.ToString(CultureInfo.InvariantCulture));
            _clock.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(10_000, _records.Count);
        Assert.False(_clock.HasTimer);
    }

    private static long Covers(string record) =>
        record.Split(' ').FirstOrDefault(word => word.StartsWith("covers=", StringComparison.Ordinal)) is { } word
            ? long.Parse(word["covers=".Length..], CultureInfo.InvariantCulture)
            : 1;

    private void Run(int windows, int callsInEach)
    {
        for (int i = 0; i < windows * callsInEach; i++)
        {
            Start("/bin/true");
            _clock.Advance(AuditStarts.Window / callsInEach);
        }
    }

    private void Start(string program) => _starts.Add(
        new AuditLine("op=exec_command listener=l peer=p", $"outcome=started subject=\"{program}\"", null), "1");
}
