using System.Globalization;
using GuestAgent.Dispatch;
using Xunit;

namespace GuestAgent.Tests.Unit.Dispatch;

public sealed class AuditDigestTests
{
    private readonly WatchedClock _clock = new();
    private readonly List<string> _records = [];
    private readonly AuditDigest _digest;

    public AuditDigestTests() => _digest = new AuditDigest(_records.Add, _records.Add, _clock);

    [Fact]
    public void What_happens_once_is_written_at_once_and_no_timer_stays()
    {
        Read("/a", bytes: 5);
        Assert.Equal(["op=file_read listener=l peer=p id=1 decision=allowed subject=\"/a\" bytes=5 ms=2"], _records);

        _clock.Advance(AuditDigest.Window);
        Assert.Single(_records);
        Assert.False(_clock.HasTimer);
    }

    [Fact]
    public void What_repeats_is_counted_and_written_once_each_window()
    {
        for (int i = 0; i < 1000; i++)
        {
            Read("/a", bytes: 10);
        }

        Assert.Single(_records);
        _clock.Advance(AuditDigest.Window);
        Assert.Equal(
            "op=file_read listener=l peer=p repeats=999 decision=allowed subject=\"/a\" bytes=9990 ms=1998", _records[1]);

        // It goes on: counted again, and not begun anew.
        Read("/a", bytes: 1);
        Assert.Equal(2, _records.Count);
        _clock.Advance(AuditDigest.Window);
        Assert.Equal("op=file_read listener=l peer=p repeats=1 decision=allowed subject=\"/a\" bytes=1 ms=2", _records[2]);

        _clock.Advance(AuditDigest.Window);
        Assert.False(_clock.HasTimer);
        Read("/a", bytes: 1);
        Assert.Contains("id=1", _records[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_path_peer_or_outcome_is_another_series()
    {
        Read("/a");
        Read("/b");
        Add("op=file_read listener=l peer=q", "decision=allowed subject=\"/a\"");
        Add("op=file_read listener=l peer=p", "decision=denied subject=\"/a\"", flood: "listener=l");
        Assert.Equal(4, _records.Count);
    }

    [Fact]
    public void Nothing_counted_is_lost_when_the_agent_stops()
    {
        Read("/a");
        Read("/a", bytes: 7);
        _digest.Close();
        Assert.Equal("op=file_read listener=l peer=p repeats=1 decision=allowed subject=\"/a\" bytes=7 ms=2", _records[1]);
        Assert.False(_clock.HasTimer);

        // What still comes has its own record.
        Read("/a");
        Read("/a");
        Assert.Equal(4, _records.Count);
        Assert.False(_clock.HasTimer);
    }

    [Fact]
    public void A_flood_of_refusals_is_bounded_whatever_is_asked_for()
    {
        const int Tries = 10_000;
        for (int i = 0; i < Tries; i++)
        {
            Add($"op=file_read listener=l peer={i}", $"decision=denied subject=\"/{i}\"", flood: "listener=l");
        }

        Assert.InRange(_records.Count, 1, 20);
        int written = _records.Count;
        _clock.Advance(AuditDigest.Window);
        Assert.Equal(
            $"op=* listener=l peer=* repeats={Tries - written} decision=denied,invalid outcome=* rule=* subject=\"*\" " +
            $"bytes=0 ms={2 * (Tries - written)}",
            Assert.Single(_records[written..]));
    }

    [Fact]
    public void Every_grant_has_its_record_and_the_memory_is_bounded()
    {
        const int Files = 10_000;
        for (int i = 0; i < Files; i++)
        {
            Read(i.ToString(CultureInfo.InvariantCulture));
            _clock.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal(Files, _records.Count);
        Assert.All(_records, record => Assert.Contains("id=1", record, StringComparison.Ordinal));

        // The oldest are forgotten: one that comes again is a first one. The newest are known.
        Read("0");
        Read((Files - 1).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Files + 1, _records.Count);
    }

    [Fact]
    public void A_series_that_must_make_room_is_written()
    {
        Read("/counted");
        Read("/counted", bytes: 3);
        for (int i = 0; i < 100; i++)
        {
            Read($"/{i}");
        }

        Assert.Contains(_records, record => record.Contains("repeats=1", StringComparison.Ordinal));
        Assert.Equal(102, _records.Count);
    }

    private void Read(string path, long bytes = 0) =>
        Add("op=file_read listener=l peer=p", $"decision=allowed subject=\"{path}\"", bytes: bytes);

    private void Add(string who, string what, string? flood = null, long bytes = 0) =>
        _digest.Add(new AuditLine(who, what, flood), "1", bytes, 2);
}
