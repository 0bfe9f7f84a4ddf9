using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Integration.Workload.Archives;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>The time that unpacking takes: it counts, and it ends at once.</summary>
public sealed class UnpackingTests : IAsyncLifetime
{
    private const int Marks = 90;

    // A file that ten thousand entries replace, one after the other, and then a mark; ninety times. A few hundred kilobytes that take
    // many seconds to unpack.
    private static readonly Lazy<byte[]> Slow = new(() => Pack(Marks));

    private RunningAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync(rule: new JsonObject
    {
        ["command"] = "/bin/sh",
        ["file"] = "main.sh",
        ["max_files"] = 1_000_000,
        ["max_unpacked_bytes"] = 1L << 30,
    });

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task The_time_limit_ends_the_unpacking_and_nothing_is_left()
    {
        await using WorkloadClient client = await DialAsync();
        Task<WorkloadResult> running = client.RunAsync(Request(Slow.Value, seconds: 1), null, Token);
        int marks = await MarksUntilAsync(() => running.IsCompleted);

        WorkloadResult result = await running;
        Assert.Equal((-1, "", "timed_out"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.InRange(marks, 0, Marks / 2);
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Fact]
    public async Task A_cancel_ends_the_unpacking_and_nothing_is_left()
    {
        await using WorkloadClient client = await DialAsync();
        Task<WorkloadResult> running = client.RunAsync(Request(Slow.Value, seconds: 300), null, Token);
        await MarksUntilAsync(() => MarksNow() > 0);
        await client.CancelAsync(Token);
        int marks = await MarksUntilAsync(() => running.IsCompleted);

        Assert.Equal("cancelled", (await running).ErrorCode);
        Assert.InRange(marks, 0, Marks / 2);
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Fact]
    public async Task A_host_that_goes_ends_the_unpacking_of_its_archive()
    {
        await using (WorkloadClient client = await DialAsync())
        {
            await client.SendAsync(Request(Slow.Value, seconds: 300), Token);
            await MarksUntilAsync(() => MarksNow() > 0);
        }

        Assert.InRange(await MarksUntilAsync(() => WorkloadAgent.Directories(_agent).Length == 0), 0, Marks / 2);
    }

    [Fact]
    public async Task What_unpacking_took_is_taken_from_the_time_of_the_program()
    {
        await using WorkloadClient client = await DialAsync();
        WorkloadResult result = await client.RunAsync(Request(Pack(5), seconds: 2), null, Token);

        Assert.Equal("timed_out", result.ErrorCode);
        Assert.InRange(result.Duration!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1.9));
    }

    private static WorkloadRequest Request(byte[] archive, int seconds) =>
        new("sh") { Archive = archive, Timeout = TimeSpan.FromSeconds(seconds) };

    private static byte[] Pack(int marks)
    {
        byte[] replaced = TarBytes.Entry("f");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(TarBytes.Entry("main.sh", content: TarBytes.Bytes("exec sleep 1000")));
            for (int mark = 0; mark < marks; mark++)
            {
                for (int i = 0; i < 10_000; i++)
                {
                    gzip.Write(replaced);
                }

                gzip.Write(TarBytes.Entry(string.Create(CultureInfo.InvariantCulture, $"mark-{mark}")));
            }

            gzip.Write(TarBytes.End);
        }

        return packed.ToArray();
    }

    private Task<WorkloadClient> DialAsync() => WorkloadClient.DialAsync("unix://" + _agent.SocketPath, null, Token);

    // The most that were seen until then.
    private async Task<int> MarksUntilAsync(Func<bool> condition)
    {
        int most = 0;
        await Bounded.UntilAsync(
            () =>
            {
                most = Math.Max(most, MarksNow());
                return condition();
            },
            () => $"the end, after {most} marks");
        return most;
    }

    private int MarksNow()
    {
        try
        {
            return WorkloadAgent.Directories(_agent)
                .Sum(directory => Directory.GetFiles(directory, "mark-*").Length);
        }
        catch (DirectoryNotFoundException)
        {
            // It was removed meanwhile.
            return 0;
        }
    }
}
