using GuestAgent.Cli.Copying;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Guestctl;

/// <summary>A tree copied from a guest that wants to write elsewhere on the host.</summary>
public sealed class HostileGuestTests : IDisposable
{
    private const string Directory = """
        {"path":"/srv","type":"directory","size_bytes":0,"permissions":"4777","owner":null,"group":null,"user_id":0,
        "group_id":0,"modified_ms":0,"accessed_ms":0,"changed_ms":0,"links":1,"inode":1,"device":"0:1","link_target":null,
        "version":"v"}
        """;

    private const string Content = """
        {"content":"aGk=","size_bytes":2,"encoding":"base64","offset":0,"file_size_bytes":0,"eof":true,"version":"v"}
        """;

    private readonly TemporaryDirectory _place = new();

    [Fact]
    public async Task No_name_leads_out_of_the_destination()
    {
        CopyReport report = await CopyAsync(
            Entry("."),
            Entry(".."),
            Entry("../escape"),
            Entry("../escape2", "directory"),
            Entry("/escape"),
            Entry("a\\u0000b"),
            Entry("good"),
            Entry("link", "symlink"),
            Entry("pipe", "fifo"));
        Assert.Equal((1, 8, 0), (report.Files, report.Skipped, report.Failed));
        Assert.Equal([_place["out"]], System.IO.Directory.GetFileSystemEntries(_place.Path));
        Assert.Equal([_place["out/good"]], System.IO.Directory.GetFileSystemEntries(_place["out"]));
        Assert.Equal("hi", await File.ReadAllTextAsync(_place["out/good"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Links_below_the_destination_are_not_followed_and_the_rest_is_copied()
    {
        System.IO.Directory.CreateDirectory(_place["out/srv"]);
        System.IO.Directory.CreateDirectory(_place["elsewhere"]);
        File.CreateSymbolicLink(_place["out/srv/a"], _place["elsewhere"]);
        File.CreateSymbolicLink(_place["out/srv/b"], _place["elsewhere/b"]);
        CopyReport report = await CopyAsync(Entry("a", "directory"), Entry("b"), Entry("c"));
        Assert.Equal((1, 0, 2), (report.Files, report.Skipped, report.Failed));
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(_place["elsewhere"]));
        Assert.True(File.Exists(_place["out/srv/c"]));
        Assert.All(report.Problems, problem => Assert.Contains("symbolic link", problem.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Permissions_of_the_guest_are_only_those_that_are_harmless()
    {
        await CopyAsync(Entry("good"));
        Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(_place["out"]));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(_place["out/good"]));
    }

    public void Dispose() => _place.Dispose();

    private static string Entry(string name, string type = "file") =>
        $$"""
        {"name":"{{name}}","type":"{{type}}","size_bytes":2,"permissions":"6755","owner":null,"group":null,"user_id":0,
        "group_id":0,"modified_ms":0}
        """;

    private async Task<CopyReport> CopyAsync(params string[] entries)
    {
        var agent = new ScriptedAgent();
        await using GuestClient guest = await agent.AttachAsync();
        await using var progress = new CopyProgress(isShown: false);
        var tally = new CopyTally(progress);
        var copy = new GuestToHost(guest, new CopyOptions(Recursive: true, KeepAttributes: true), tally, progress);
        Task copying = copy.RunAsync("/srv", _place["out"], TestContext.Current.CancellationToken);
        Task answering = AnswerAsync(agent, string.Join(',', entries));
        await (await Task.WhenAny(copying, answering)).InTime();
        await copying.InTime();
        return tally.ToReport();
    }

    private static async Task AnswerAsync(ScriptedAgent agent, string entries)
    {
        while (true)
        {
            ScriptedCall call = await agent.ReceiveAsync();
            string result = call.Method switch
            {
                "file_stat" => Directory,
                "file_list" => $$"""{"path":"/srv","entries":[{{entries}}],"more":false}""",
                _ => Content,
            };
            await agent.AnswerAsync(call, result.ReplaceLineEndings(""));
        }
    }
}
