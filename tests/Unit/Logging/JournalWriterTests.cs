using System.Text;
using System.Text.RegularExpressions;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Logging;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Linux;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using Xunit;

namespace GuestAgent.Tests.Unit.Logging;

/// <summary>Alone, as a child that another test starts holds a copy of every pipe until its exec.</summary>
[Collection(nameof(Alone))]
public sealed partial class JournalWriterTests : IDisposable
{
    private const int Many = 5000;

    private readonly TemporaryDirectory _directory = new();
    private readonly SafeFileHandle _shared;
    private SafeFileHandle _reader;

    public JournalWriterTests()
    {
        Linux.Fifo.Make(Fifo);
        _reader = OpenReader();
        _shared = NativeMethods.open(Fifo, LibC.O_WRONLY | LibC.O_CLOEXEC, 0).OrThrow("open");
    }

    private string Fifo => _directory["log"];

    public void Dispose()
    {
        _reader.Dispose();
        _shared.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_record_is_with_the_kernel_when_the_call_returns(bool mayWait)
    {
        JournalWriter writer = Open(mayWait, hasPriorities: true);
        writer.Write(6, "first\nline");
        Assert.Equal("<6>first\\x0aline\n", ReadOnce());
        writer.Write(4, "second");
        Assert.Equal("<4>second\n", ReadOnce());
        Assert.True(writer.Flush(TimeSpan.Zero));
        Assert.Equal(0, writer.Lost);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_shares_the_descriptor_keeps_it_as_it_is(bool mayWait)
    {
        Open(mayWait).Write(6, "text");
        Assert.Equal(0, NativeMethods.fcntl(_shared, LibC.F_GETFL, 0) & LibC.O_NONBLOCK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_that_is_stuck_stops_nobody_and_is_told_what_is_lost_when_he_goes_on(bool mayWait)
    {
        JournalWriter writer = Open(mayWait);
        await Task.Run(() => WriteMany(writer), Waits.Token).InTime();
        Assert.InRange(writer.Lost, 1, Many);
        Assert.False(writer.Flush(TimeSpan.Zero));

        List<string> lines = await ReadUntilAsync(Line(Many - 1));
        Assert.All(lines, line => Assert.Matches(WholeLine(), line));
        string loss = Assert.Single(lines, line => line.StartsWith("log ", StringComparison.Ordinal));
        Assert.Equal($"log lost={Many - (lines.Count - 1)} refusals=0", loss);
        Assert.Equal(Many - (lines.Count - 1), writer.Lost);
        Assert.True(writer.Flush(TimeSpan.FromMinutes(1)));

        // It flows again: at once, and nothing is told twice.
        writer.Write(6, "afterwards");
        Assert.Equal("afterwards\n", ReadOnce());
    }

    [Fact]
    public async Task Many_threads_write_whole_lines()
    {
        JournalWriter writer = Open(mayWait: false);
        Task writing = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => WriteMany(writer), Waits.Token)));
        List<string> lines = [];
        Task reading = Task.Run(async () => lines = await ReadUntilAsync("the end"), Waits.Token);
        await writing.InTime();
        writer.Write(6, "the end");
        await reading.InTime();
        Assert.All(lines[..^1], line => Assert.Matches(WholeLine(), line));
        Assert.Equal(8 * Many, lines.Count(line => line.StartsWith("record ", StringComparison.Ordinal)) + writer.Lost);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reader_that_has_gone_and_comes_back_is_told(bool mayWait)
    {
        JournalWriter writer = Open(mayWait);
        _reader.Dispose();
        writer.Write(6, "lost");
        writer.Write(6, "refused and lost", isRefusal: true);
        Assert.Equal(2, writer.Lost);

        _reader = OpenReader();
        writer.Write(6, "seen");
        Assert.Equal("log lost=2 refusals=1\nseen\n", ReadLines(2));
    }

    [Fact]
    public void A_full_disk_stops_nobody()
    {
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var writer = new JournalWriter(SharedOutput.Open(NumberOf(full)), hasPriorities: false);
        writer.Write(6, "lost");
        writer.Write(6, "lost");
        Assert.Equal(2, writer.Lost);
        Assert.True(writer.Flush(TimeSpan.Zero));
    }

    [Fact]
    public void A_descriptor_that_is_not_open_stops_nobody()
    {
        var writer = new JournalWriter(SharedOutput.Open(1_000_000), hasPriorities: false);
        writer.Write(6, "lost");
        Assert.Equal(1, writer.Lost);
    }

    [Fact]
    public async Task A_file_has_everything()
    {
        using var work = new Files.FileWork();
        string path = work["log"];
        using (SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
        {
            WriteMany(new JournalWriter(SharedOutput.Open(NumberOf(file)), hasPriorities: false));
        }

        Assert.Equal(Enumerable.Range(0, Many).Select(Line), await File.ReadAllLinesAsync(path, Waits.Token));
    }

    [GeneratedRegex("^(record [0-9]{6} x{200}|log lost=[0-9]+ refusals=[0-9]+)$")]
    private static partial Regex WholeLine();

    private static string Line(int number) => $"record {number:D6} {new string('x', 200)}";

    private static int NumberOf(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static void WriteMany(JournalWriter writer)
    {
        for (int i = 0; i < Many; i++)
        {
            writer.Write(6, Line(i));
        }
    }

    // Without a reader the kernel does not open a named pipe once more for writing (ENXIO), and only a thread can write.
    private JournalWriter Open(bool mayWait, bool hasPriorities = false)
    {
        if (mayWait)
        {
            _reader.Dispose();
        }

        SharedOutput output = SharedOutput.Open(NumberOf(_shared));
        Assert.Equal(mayWait, output.MayWait);
        if (mayWait)
        {
            _reader = OpenReader();
        }

        return new JournalWriter(output, hasPriorities);
    }

    // Without O_NONBLOCK it would wait for a writer.
    private SafeFileHandle OpenReader() =>
        NativeMethods.open(Fifo, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow("open");

    private string ReadLines(int count)
    {
        string text = "";
        while (text.Count(c => c == '\n') < count)
        {
            text += ReadOnce();
        }

        return text;
    }

    private unsafe string ReadOnce()
    {
        pollfd row = new() { fd = NumberOf(_reader), events = (short)LibC.EPOLLIN };
        // SAFETY: one row, on the stack.
        Assert.Equal(1, NativeMethods.poll(&row, 1, (int)Waits.Limit.TotalMilliseconds));
        byte* buffer = stackalloc byte[4096];
        // SAFETY: the kernel writes no more than the buffer has.
        nint count = NativeMethods.read(_reader, buffer, 4096);
        Assert.InRange(count, 1, 4096);
        return Encoding.UTF8.GetString(buffer, (int)count);
    }

    private Task<List<string>> ReadUntilAsync(string last) => Task.Run(
        () =>
        {
            var text = new StringBuilder();
            string tail = "";
            while (!tail.EndsWith(last + "\n", StringComparison.Ordinal))
            {
                string read = ReadOnce();
                text.Append(read);
                tail = tail.Length + read.Length > 1000 ? (tail + read)[^1000..] : tail + read;
            }

            return new List<string>(text.ToString().TrimEnd('\n').Split('\n'));
        },
        Waits.Token).InTime();
}
