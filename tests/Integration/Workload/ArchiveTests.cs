using System.Formats.Tar;
using System.IO.Compression;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>Archives that were made to get out of their directory, or to take more than they may.</summary>
public sealed class ArchiveTests : IAsyncLifetime
{
    // Unpacking counts, also on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

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
    [InlineData("{0}")]
    [InlineData("../../outside")]
    [InlineData(".")]
    public async Task What_is_behind_a_link_refuses_the_archive_and_nothing_is_written_through_it(string target)
    {
        string outside = _agent.Directory["outside"];
        Directory.CreateDirectory(outside);
        WorkloadResult result = await RunAsync(
            new PaxTarEntry(TarEntryType.SymbolicLink, "lib") { LinkName = target.Replace("{0}", outside, StringComparison.Ordinal) },
            File("lib/file", "escaped"),
            File("main.sh", "echo ran"));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Equal("The archive has lib/file behind the link lib.", result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Theory]
    [InlineData("{0}/file")]
    [InlineData("../../outside/file")]
    [InlineData("away/file")]
    [InlineData("../workload-other/file")]
    public async Task A_hard_link_to_what_the_archive_does_not_have_refuses_it(string target)
    {
        string outside = _agent.Directory["outside"];
        Directory.CreateDirectory(outside);
        await System.IO.File.WriteAllTextAsync(outside + "/file", "kept", Token);
        WorkloadResult result = await RunAsync(
            new PaxTarEntry(TarEntryType.SymbolicLink, "away") { LinkName = outside },
            new PaxTarEntry(TarEntryType.HardLink, "mine") { LinkName = target.Replace("{0}", outside, StringComparison.Ordinal) },
            File("main.sh", "echo > mine"));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Equal("kept", await System.IO.File.ReadAllTextAsync(outside + "/file", Token));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Fact]
    public async Task A_link_that_leads_outside_is_made_and_removed_and_what_it_leads_to_is_neither_given_away_nor_changed()
    {
        string outside = _agent.Directory["outside"];
        Directory.CreateDirectory(outside);
        await System.IO.File.WriteAllTextAsync(outside + "/file", "kept", Token);
        UnixFileMode mode = System.IO.File.GetUnixFileMode(outside + "/file");
        WorkloadResult result = await RunAsync(
            new PaxTarEntry(TarEntryType.SymbolicLink, "directory") { LinkName = outside },
            new PaxTarEntry(TarEntryType.SymbolicLink, "file") { LinkName = outside + "/file" },
            new PaxTarEntry(TarEntryType.HardLink, "again") { LinkName = "file" },
            File("main.sh", "readlink directory file again"));

        Assert.Equal((0, $"{outside}\n{outside}/file\n{outside}/file\n"), (result.ExitCode, result.Output));
        Assert.Empty(WorkloadAgent.Directories(_agent));
        Assert.Equal("kept", await System.IO.File.ReadAllTextAsync(outside + "/file", Token));
        Assert.Equal(mode, System.IO.File.GetUnixFileMode(outside + "/file"));
    }

    [Fact]
    public async Task More_links_than_the_rule_allows_refuse_the_archive()
    {
        WorkloadResult result = await RunAsync(
        [
            File("main.sh", "echo ran"),
            .. Enumerable.Range(0, 20_000).Select(i =>
                new PaxTarEntry((i % 2) == 0 ? TarEntryType.HardLink : TarEntryType.SymbolicLink, $"l{i}") { LinkName = "main.sh" }),
        ]);

        Assert.Equal((-1, "", "too_large"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    [Theory]
    [InlineData("real.sh", true)]
    [InlineData("lib/../real.sh", true)]
    [InlineData("{0}/real.sh", false)]
    [InlineData("../../outside/real.sh", false)]
    [InlineData("lib", false)]
    [InlineData("none", false)]
    public async Task What_is_run_may_be_a_link_to_a_file_of_the_archive_and_to_no_other(string target, bool runs)
    {
        string outside = _agent.Directory["outside"];
        Directory.CreateDirectory(outside);
        await System.IO.File.WriteAllTextAsync(outside + "/real.sh", "echo escaped", Token);
        WorkloadResult result = await RunAsync(
            File("real.sh", "echo ran"),
            new PaxTarEntry(TarEntryType.Directory, "lib"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "main.sh") { LinkName = target.Replace("{0}", outside, StringComparison.Ordinal) });

        Assert.Equal(runs ? (0, "ran\n", null) : (-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task A_device_or_a_pipe_refuses_the_archive(TarEntryType kind)
    {
        WorkloadResult result = await RunAsync(new PaxTarEntry(kind, "node"), File("main.sh", "echo ran"));

        Assert.Equal((-1, "", "invalid_parameters"), (result.ExitCode, result.Output, result.ErrorCode));
        Assert.Contains("node is no file, directory or link", result.Error, StringComparison.Ordinal);
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
        var request = new WorkloadRequest("sh") { Archive = archive, Entrypoint = entrypoint, Timeout = Patience };
        return await client.RunAsync(request, null, Token);
    }
}
