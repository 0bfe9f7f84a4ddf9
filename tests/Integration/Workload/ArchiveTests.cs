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

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a")]
    public async Task A_name_that_is_both_a_file_and_a_directory_refuses_the_archive(string first, string second)
    {
        WorkloadResult result = await RunAsync(File("main.sh", "echo ran"), File(first, ""), File(second, ""));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Equal("The archive has a as a file and as a directory.", result.Error);
    }

    [Fact]
    public async Task A_file_whose_name_begins_like_an_option_is_a_file_and_cannot_be_run()
    {
        TarEntry[] Entries() => [File("-c", "echo ran"), File("main.sh", "ls")];
        Assert.Equal("-c\nmain.sh\n", (await RunAsync(Entries())).Output);
        foreach (string entrypoint in (string[])["-c", "./-c", ".//-c"])
        {
            WorkloadResult result = await RunAsync(await PackAsync(Entries()), entrypoint);
            Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        }
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(-2)]
    public async Task An_archive_that_was_damaged_on_its_way_is_refused(int position)
    {
        byte[] archive = await PackAsync(File("main.sh", "echo ran"));
        archive[archive.Length + position] ^= 1;
        Assert.Equal("invalid_parameters", (await RunAsync(archive)).ErrorCode);
        Assert.Equal("invalid_parameters", (await RunAsync(archive[..^8])).ErrorCode);
        archive[archive.Length + position] ^= 1;
        Assert.Equal("ran\n", (await RunAsync(archive)).Output);
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Fact]
    public async Task A_host_that_goes_ends_the_unpacking_of_its_archive()
    {
        byte[] archive = await PackAsync(File("main.sh", "echo ran"), Zeros(240 << 20));
        await using (WorkloadClient client = await WorkloadClient.DialAsync("unix://" + _agent.SocketPath, null, Token))
        {
            await client.SendAsync(new WorkloadRequest("sh") { Archive = archive }, Token);
            await Bounded.UntilAsync(() => SizeOfZeros() > 1 << 20, () => "the first of the zeros");
        }

        long most = 0;
        await Bounded.UntilAsync(
            () =>
            {
                most = Math.Max(most, SizeOfZeros());
                return WorkloadAgent.Directories(_agent).Length == 0;
            },
            () => "the end of its directory");
        Assert.InRange(most, 0, 200 << 20);
    }

    private static PaxTarEntry Zeros(int count) =>
        new(TarEntryType.RegularFile, "zeros") { DataStream = new MemoryStream(new byte[count]) };

    // 0 while there is none.
    private long SizeOfZeros() => WorkloadAgent.Directories(_agent)
        .Select(directory => new FileInfo(directory + "/zeros"))
        .Sum(file => file.Exists ? file.Length : 0);

    private static PaxTarEntry File(string name, string content) => new(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)),
    };

    private static async Task<byte[]> PackAsync(params TarEntry[] entries)
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

        return packed.ToArray();
    }

    private async Task<WorkloadResult> RunAsync(params TarEntry[] entries) => await RunAsync(await PackAsync(entries));

    private async Task<WorkloadResult> RunAsync(byte[] archive, string? entrypoint = null)
    {
        await using WorkloadClient client = await WorkloadClient.DialAsync("unix://" + _agent.SocketPath, null, Token);
        return await client.RunAsync(new WorkloadRequest("sh") { Archive = archive, Entrypoint = entrypoint }, null, Token);
    }
}
