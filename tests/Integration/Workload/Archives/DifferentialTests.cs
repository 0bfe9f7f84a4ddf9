using System.Text.Json.Nodes;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>
/// The agent beside GNU tar, which says what is right, and beside bsdtar, busybox, Python's tarfile and pigz. Each archive is
/// unpacked as <c>tar xzf</c> does, or refused for the reason that its case gives.
/// </summary>
public sealed class DifferentialTests : IAsyncLifetime
{
    private const int LeastArchives = 240;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private RunningAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await WorkloadAgent.StartAsync(rule: new JsonObject
    {
        ["command"] = "/bin/sh",
        ["args"] = new JsonArray("-c", Extractor.Listing, "{file}"),
        ["file"] = "main",
    });

    public async ValueTask DisposeAsync()
    {
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
    }

    [Fact]
    public async Task What_tar_programs_and_gzip_programs_write_is_unpacked_as_GNU_tar_unpacks_it() =>
        await CheckAsync(await ToolArchives.MakeAsync());

    [Fact]
    public async Task Gzip_files_of_all_forms_are_unpacked_or_refused() => await CheckAsync([.. GzipArchives.All()]);

    [Fact]
    public async Task Headers_and_ends_of_all_kinds_are_unpacked_or_refused() => await CheckAsync([.. HeaderArchives.All()]);

    [Fact]
    public async Task Extended_headers_are_applied_or_refused() => await CheckAsync([.. ExtendedHeaderArchives.All()]);

    [Fact]
    public async Task Sparse_files_are_whole_or_refused() => await CheckAsync([.. SparseArchives.All()]);

    [Fact]
    public async Task Names_of_all_kinds_are_taken_as_they_are_or_refused() => await CheckAsync([.. PathArchives.All()]);

    [Fact]
    public async Task Links_are_made_as_GNU_tar_makes_them_or_refused() => await CheckAsync([.. LinkArchives.All()]);

    [Fact]
    public void There_are_enough_archives_and_none_has_the_name_of_another()
    {
        string[] names =
        [
            .. ToolArchives.Names,
            .. GzipArchives.All().Concat(HeaderArchives.All()).Concat(ExtendedHeaderArchives.All())
                .Concat(SparseArchives.All()).Concat(PathArchives.All()).Concat(LinkArchives.All()).Select(archive => archive.Name),
        ];
        Assert.True(names.Length >= LeastArchives, $"{names.Length} archives");
        Assert.Equal(names.Distinct(), names);
    }

    private async Task CheckAsync(IReadOnlyList<ArchiveCase> cases)
    {
        List<string> faults = [];
        foreach (ArchiveCase archive in cases)
        {
            faults.AddRange(await FaultsAsync(archive));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(WorkloadAgent.Directories(_agent));
    }

    private async Task<IEnumerable<string>> FaultsAsync(ArchiveCase archive)
    {
        await using WorkloadClient client = await WorkloadClient.DialAsync("unix://" + _agent.SocketPath, null, Token);
        var request = new WorkloadRequest("sh") { Archive = archive.Bytes, Timeout = Patience };
        WorkloadResult ours = await client.RunAsync(request, null, Token);
        if (archive.Refusal is { } reason)
        {
            bool isRefused = ours is { ExitCode: -1, Output: "", ErrorCode: "invalid_parameters" or "too_large" }
                && ours.Error!.Contains(reason, StringComparison.Ordinal);
            return isRefused ? [] : [$"{archive}: refused neither so nor otherwise: {ours.Error ?? Extractor.Text(ours.Output)}"];
        }

        if (ours.Error is not null || ours.ExitCode != 0)
        {
            return [$"{archive}: refused: {ours.Error} {ours.Output}"];
        }

        return Compare(archive, Extractor.Text(ours.Output), await Extractor.ExtractAsync(archive.Bytes));
    }

    private static IEnumerable<string> Compare(
        ArchiveCase archive, string ours, IReadOnlyDictionary<string, Extraction> theirs)
    {
        Extraction right = theirs["tar"];
        if (!right.Succeeded || right.Listing != ours)
        {
            yield return $"{archive}: GNU tar {Outcome(right)}, the agent:\n{ours}";
        }

        foreach ((string tool, Extraction other) in theirs)
        {
            bool isUnlike = !other.Succeeded || other.Listing != ours;
            if (isUnlike != (archive.Unlike?.Contains(tool, StringComparison.Ordinal) == true) && tool != "tar")
            {
                yield return $"{archive}: {tool} {(isUnlike ? Outcome(other) : "does the same")}";
            }
        }
    }

    private static string Outcome(Extraction extraction) =>
        $"{(extraction.Succeeded ? "succeeds" : "fails")} ({extraction.Error}) with\n{extraction.Listing}";
}
