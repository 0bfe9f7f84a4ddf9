using System.Formats.Tar;
using System.IO.Compression;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Support;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>Archives that were made to get out of their directory, or to take more than they may.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    private RunningAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public async Task A_link_is_left_out_and_what_is_written_through_it_stays_inside(TarEntryType kind)
    {
        string outside = _agent.Directory["outside"];
        Directory.CreateDirectory(outside);
        WorkloadResult result = await RunAsync(
            new PaxTarEntry(kind, "lib") { LinkName = outside },
            File("lib/file", "inside"),
            File("main.sh", "[ ! -L lib ] && cat lib/file"));

        Assert.Equal((0, "inside", null), (result.ExitCode, result.Output, result.Error));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task A_device_or_a_pipe_refuses_the_archive(TarEntryType kind)
    {
        WorkloadResult result = await RunAsync(new PaxTarEntry(kind, "node"), File("main.sh", "echo ran"));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Contains("node is neither a file nor a directory", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("a/../../escaped")]
    [InlineData("/tmp/escaped")]
    [InlineData("..")]
    public async Task A_path_that_leads_outside_refuses_the_archive(string name)
    {
        WorkloadResult result = await RunAsync(File("main.sh", "echo ran"), File(name, "escaped"));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Empty(WorkloadAgent.Directories(_agent));
        Assert.False(System.IO.File.Exists(_agent.Directory["escaped"]));
        Assert.False(System.IO.File.Exists(_agent.Directory["work/escaped"]));
    }

    [Fact]
    public async Task Zeros_that_unpack_to_more_than_the_rule_allows_refuse_the_archive()
    {
        // A kilobyte for each mebibyte.
        WorkloadResult result = await RunAsync(File("main.sh", "echo ran"), File("zeros", new string('\0', 300 << 20)));

        Assert.Equal((-1, "", "too_large"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Fact]
    public async Task More_entries_than_the_rule_allows_refuse_the_archive()
    {
        WorkloadResult result = await RunAsync([File("main.sh", "echo ran"), .. Enumerable.Range(0, 20_000).Select(i => File($"f{i}", ""))]);

        Assert.Equal((-1, "", "too_large"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    private static PaxTarEntry File(string name, string content) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)),
    };

    private async Task<WorkloadResult> RunAsync(params TarEntry[] entries)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (TarEntry entry in entries)
            {
                await tar.WriteEntryAsync(entry, Token);
            }
        }

        await using WorkloadClient client = await WorkloadClient.DialAsync("unix://" + _agent.SocketPath, null, Token);
        return await client.RunAsync(new WorkloadRequest("sh") { Archive = packed.ToArray() }, null, Token);
    }
}
