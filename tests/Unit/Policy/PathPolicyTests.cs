using System.Text;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

public sealed class PathPolicyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public PathPolicyTests()
    {
        Directory.CreateDirectory(At("open/sub"));
        Directory.CreateDirectory(At("open-not"));
        Directory.CreateDirectory(At("secret/sub"));
        _directory.Write("open/file", "content");
        _directory.Write("open-not/file", "other");
        _directory.Write("secret/file", "secret");
    }

    [Fact]
    public void Nothing_is_allowed_by_default()
    {
        var policy = new PathPolicy(new LiveSettings(new AgentSettings([])));
        Assert.Equal(
            "policy.read_paths", Assert.Throws<OperationException>(() => policy.Read("/etc/passwd")).Detail!.Rule);
        Assert.Equal(
            "policy.write_paths", Assert.Throws<OperationException>(() => policy.Write("/etc/passwd")).Detail!.Rule);
    }

    [Fact]
    public void A_grant_holds_what_was_found_whatever_the_path_leads_to_later()
    {
        using ReadGrant grant = Policy("open").Read(At("open/file"));
        File.Delete(At("open/file"));
        File.CreateSymbolicLink(At("open/file"), At("secret/file"));

        using var file = ProcDescriptor.Reopen(grant.Target, LibC.O_RDONLY);
        byte[] content = new byte[16];
        Assert.Equal("content", Encoding.UTF8.GetString(content, 0, RandomAccess.Read(file, content, 0)));
        Assert.Equal(At("open/file"), grant.Path.ToString());
    }

    [Fact]
    public void A_root_is_compared_by_whole_names()
    {
        Assert.Equal("policy.read_paths", Refusal("open", "open-not/file"));
        Assert.Equal("policy.read_paths", Refusal("open/fil", "open/file"));
        Allowed("open", "open");
        Allowed("open/", "open/file");
        Allowed("open/file", "open/file");
        Allowed("//./open//", ".//open/./file/");
    }

    [Theory]
    [InlineData("open", "secret/file", "open/file2")]
    [InlineData("open", "secret", "open/sub2")]
    [InlineData("open", "link-to-secret", "open/link")]
    [InlineData("open/sub3/deep", "secret", "open/sub3")]
    [InlineData("open/sub3/deep/deeper", "secret/file", "open/sub3/deep")]
    [InlineData("link-to-nothing", "secret/file", "nothing")]
    [InlineData("link-to-nothing/sub", "secret", "nothing")]
    [InlineData("link-to-open", "secret/file", "open/file2")]
    [InlineData("link-to-open/sub", "secret/file", "link-to-open/sub/file")]
    public void What_may_not_be_read_is_not_moved_to_where_it_may(string readable, string from, string to)
    {
        File.CreateSymbolicLink(At("link-to-secret"), At("secret/file"));
        File.CreateSymbolicLink(At("link-to-open"), At("open"));
        File.CreateSymbolicLink(At("link-to-nothing"), At("nothing"));
        if (to.StartsWith("open/sub3/", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(At("open/sub3"));
        }

        PathPolicy policy = Of([At(readable)], [_directory.Path]);
        var refusal = Assert.Throws<OperationException>(() => policy.Move(At(from), At(to)));
        Assert.Equal(
            (ErrorCode.PermissionDenied, "policy.read_paths", "from"),
            (refusal.Code, refusal.Detail!.Rule, refusal.Detail.Field));
    }

    [Theory]
    [InlineData("open", "open/file", "secret/file2")]
    [InlineData("open", "open/file", "open/sub/file")]
    [InlineData("open", "secret/file", "secret/sub/file")]
    [InlineData("open", "secret", "open-too")]
    [InlineData("", "secret/file", "open/file2")]
    public void Everything_else_is_moved_where_writing_is_allowed(string readable, string from, string to)
    {
        using MoveGrant grant = Of([At(readable)], [_directory.Path]).Move(At(from), At(to));
        Assert.Equal((At(from), At(to)), (grant.From.Path.ToString(), grant.To.Path.ToString()));
    }

    [Theory]
    [InlineData("open/entry", "link", "open/entry")]
    [InlineData("open/entry/sub", "link", "open/entry")]
    [InlineData("open/entry/sub", "secret", "open/entry")]
    [InlineData("link-to-open/entry", "link", "open/entry")]
    public void A_link_or_a_directory_is_not_moved_to_where_the_policy_names_something(string writable, string from, string to)
    {
        File.CreateSymbolicLink(At("link"), At("secret"));
        File.CreateSymbolicLink(At("link-to-open"), At("open"));
        PathPolicy policy = Of([], [_directory.Path, At(writable)]);
        var refusal = Assert.Throws<OperationException>(() => policy.Move(At(from), At(to)));
        Assert.Equal(
            (ErrorCode.PermissionDenied, "policy", "to"), (refusal.Code, refusal.Detail!.Rule, refusal.Detail.Field));
        policy.Move(At("secret/file"), At("open/entry")).Dispose();
    }

    [Fact]
    public void Links_are_followed_before_the_decision()
    {
        File.CreateSymbolicLink(At("open/absolute"), At("secret/file"));
        File.CreateSymbolicLink(At("open/relative"), "../secret/file");
        File.CreateSymbolicLink(At("open/directory"), "../secret");
        File.CreateSymbolicLink(At("open/again"), "directory/sub/../file");
        File.CreateSymbolicLink(At("secret/back"), "../open/file");
        string[] outside = ["open/absolute", "open/relative", "open/directory", "open/directory/file", "open/again"];
        foreach (string name in outside)
        {
            Assert.Equal("policy.read_paths", Refusal("open", name));
            Assert.Equal("policy.write_paths", WriteRefusal("open", name));
        }

        Allowed("open", "secret/back");
    }

    [Fact]
    public void A_link_with_a_slash_at_its_end_leads_to_a_directory_or_nowhere()
    {
        File.CreateSymbolicLink(At("open/slash"), "file/");
        File.CreateSymbolicLink(At("open/tree"), "sub/");
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<OperationException>(() => Policy("open").Read(At("open/slash"))).Code);
        Policy("open").Read(At("open/tree")).Dispose();
    }

    [Fact]
    public void A_link_itself_is_where_it_stands()
    {
        File.CreateSymbolicLink(At("open/link"), At("secret/file"));
        using WriteGrant grant = Policy("open").Write(At("open/link"), followLast: false);
        Assert.Equal(At("open/link"), grant.Path.ToString());
        Assert.Equal(FileKind.SymbolicLink, FileStatus.Of(grant.Target!).Kind);
        Assert.Equal(
            "policy.write_paths",
            Assert.Throws<OperationException>(() => Policy("secret").Write(At("open/link"), followLast: false)).Detail!.Rule);
    }

    [Fact]
    public void A_root_that_is_a_link_stands_for_where_it_leads()
    {
        Directory.CreateSymbolicLink(At("alias"), At("open"));
        Allowed("alias", "open/file");
        Allowed("alias", "alias/file");
        Allowed("alias/sub", "open/sub");
        Assert.Equal("policy.read_paths", Refusal("alias", "secret/file"));
        // And for itself, as it is named.
        Policy("alias").Write(At("alias"), followLast: false).Dispose();
    }

    [Fact]
    public void A_root_that_another_user_has_linked_stands_for_nothing()
    {
        Directory.CreateSymbolicLink(At("alias"), At("open"));
        _ = LinkOwner.Set(At("alias"), 65534);
        Assert.Equal("policy.read_paths", Refusal("alias", "open/file"));
    }

    [Theory]
    [InlineData("", 65534, 0b111_101_101, false)]
    [InlineData("his", 65534, 0b111_101_101, false)]
    [InlineData("his", 0, 0b111_111_111, false)]
    [InlineData("his", 0, 0b1_111_111_111, false)]
    [InlineData("his", 0, 0b111_101_101, true)]
    public void A_root_that_root_has_linked_stands_for_something_only_where_no_other_can_put_links(
        string owned, uint owner, int mode, bool isFollowed)
    {
        Directory.CreateDirectory(At("his"));
        Directory.CreateSymbolicLink(At("his/alias"), At("open"));
        string directory = owned.Length == 0 ? _directory.Path : At(owned);
        File.SetUnixFileMode(directory, (UnixFileMode)mode);
        Assert.Equal(0, LinkOwner.Set(directory, owner));
        if (isFollowed)
        {
            Allowed("his/alias", "open/file");
        }
        else
        {
            Assert.Equal("policy.read_paths", Refusal("his/alias", "open/file"));
            Assert.Equal("policy.write_paths", WriteRefusal("his/alias", "open/file"));
        }

        Assert.Equal(0, LinkOwner.Set(directory, 0));
    }

    [Theory]
    [InlineData("open/entry", "secret/file", true)]
    [InlineData("open/entry/sub", "secret/file", true)]
    [InlineData("open/entry", "secret/missing", true)]
    [InlineData("open", "secret/file", false)]
    public void The_file_that_was_looked_at_is_moved_to_where_the_policy_names_something(string writable, string from, bool isHeld)
    {
        using MoveGrant grant = Of([], [_directory.Path, At(writable)]).Move(At(from), At("open/entry"));
        Assert.Equal(isHeld, grant.OfHeldFile);
    }

    [Fact]
    public void A_root_may_appear_later()
    {
        PathPolicy policy = Policy("later");
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<OperationException>(() => policy.Read(At("later/file"))).Code);
        Directory.CreateDirectory(At("later"));
        _directory.Write("later/file", "x");
        policy.Read(At("later/file")).Dispose();
    }

    [Fact]
    public void Whether_a_forbidden_file_exists_is_not_told()
    {
        File.CreateSymbolicLink(At("open/dangling"), At("secret/missing"));
        string[] paths = ["secret/file", "secret/missing", "secret/missing/deeper", "secret/file/below", "open/dangling"];
        foreach (string path in paths)
        {
            OperationException e = Assert.Throws<OperationException>(() => Policy("open").Read(At(path)));
            Assert.Equal(ErrorCode.PermissionDenied, e.Code);
            Assert.Equal($"The policy does not allow reading {At(path)}.", e.Message);
            Assert.Equal(new ErrorDetail("policy.read_paths", "path"), e.Detail);
        }
    }

    [Fact]
    public void An_allowed_file_that_is_missing_is_not_found()
    {
        Assert.Equal((ErrorCode.NotFound, "ENOENT"), Missing("open/missing"));
        Assert.Equal((ErrorCode.NotFound, "ENOENT"), Missing("open/missing/deeper"));
        Assert.Equal((ErrorCode.NotFound, "ENOTDIR"), Missing("open/file/below"));
        File.CreateSymbolicLink(At("open/self"), "self");
        Assert.Equal((ErrorCode.NotFound, "ELOOP"), Missing("open/self"));
        Assert.Equal((ErrorCode.TooLarge, "ENAMETOOLONG"), Missing("open/" + new string('x', 256)));
        Assert.Equal((ErrorCode.NotFound, "ENOENT"), Missing("open/" + new string('x', 255)));
    }

    [Fact]
    public void Magic_links_of_proc_lead_nowhere()
    {
        PathPolicy policy = Of(["/"], ["/"]);
        foreach (string path in (string[])["/proc/self/root/etc/passwd", "/proc/self/cwd", "/proc/self/exe", "/proc/self/fd/0"])
        {
            Assert.Equal("ELOOP", Assert.Throws<OperationException>(() => policy.Read(path)).Detail!.Errno);
        }

        policy.Read("/proc/self/status").Dispose();
        policy.Read("/proc/mounts").Dispose();
        using ReadGrant link = policy.Read("/proc/self/exe", followLast: false);
        Assert.Equal(FileKind.SymbolicLink, FileStatus.Of(link.Target).Kind);
    }

    [Theory]
    [InlineData("", "absolute_path")]
    [InlineData("file", "absolute_path")]
    [InlineData("./file", "absolute_path")]
    [InlineData("/a/../b", "absolute_path")]
    [InlineData("/..", "absolute_path")]
    [InlineData("/a\0b", "nul")]
    public void A_path_that_is_none_is_invalid(string path, string rule)
    {
        OperationException e = Assert.Throws<OperationException>(() => Policy("open").Read(path));
        Assert.Equal((ErrorCode.InvalidParameters, rule), (e.Code, e.Detail!.Rule));
        Assert.Equal(e.Detail, Assert.Throws<OperationException>(() => Policy("open").Write(path)).Detail);
    }

    [Fact]
    public void A_path_of_half_a_character_is_invalid()
    {
        OperationException e = Assert.Throws<OperationException>(() => Policy("open").Read($"/{(char)0xD800}"));
        Assert.Equal((ErrorCode.InvalidParameters, "absolute_path"), (e.Code, e.Detail!.Rule));
    }

    [Fact]
    public void A_path_has_at_most_4095_bytes()
    {
        PathPolicy policy = Policy("open");
        string Long(int bytes) => At("open/").PadRight(bytes, '/');
        policy.Read(Long(4095)).Dispose();
        OperationException e = Assert.Throws<OperationException>(() => policy.Read(Long(4096)));
        Assert.Equal(new ErrorDetail("length", "path", 4095), e.Detail);
        Assert.Equal("length", Assert.Throws<OperationException>(() => policy.Read("/" + new string('ä', 2048))).Detail!.Rule);
        Assert.Equal("length", Assert.Throws<OperationException>(() => policy.Read("/" + new string('x', 1 << 20))).Detail!.Rule);
    }

    [Fact]
    public void What_the_kernel_cannot_name_is_refused()
    {
        // Longer than PATH_MAX as a whole, reached over a link half way down.
        string name = new('d', 250);
        string path = At("open");
        using var ladder = new DeepDirectory(path, name, 20);
        File.CreateSymbolicLink(At("open/half"), ladder.Half);
        Assert.Equal("policy.read_paths", Refusal("open", "open/half" + string.Concat(Enumerable.Repeat("/" + name, 10))));
    }

    [Fact]
    public void A_directory_whose_name_is_not_text_is_compared_as_bytes()
    {
        using var odd = new OddDirectory(At("open"), [0x64, 0xFF, 0xFE]);
        File.CreateSymbolicLink(At("link"), At("open"));
        using ReadGrant grant = Policy("open").Read(odd.ReachBy(At("odd-link")));
        Assert.EndsWith("/open/d��", grant.Path.ToString(), StringComparison.Ordinal);
        Assert.Equal("policy.read_paths", Refusal("secret", "odd-link"));
    }

    [Fact]
    public void A_place_for_a_new_file_is_decided_before_anything_is_made()
    {
        using WriteGrant grant = Policy("open").Write(At("open/new/deep/file"), makesDirectories: true);
        Assert.Equal(At("open/new/deep/file"), grant.Path.ToString());
        Assert.Equal(["new", "deep"], grant.MissingDirectories.Select(name => name.ToString()));
        Assert.Equal("file", grant.Name.ToString());
        Assert.Null(grant.Target);
        Assert.False(Directory.Exists(At("open/new")));
        Assert.Equal("policy.write_paths", WriteRefusal("open", "secret/new/deep/file"));
        Assert.Equal((ErrorCode.NotFound, "ENOENT"), NotMade("open/new/deep/file"));
        Assert.Equal((ErrorCode.NotFound, "ENOTDIR"), NotMade("open/file/below"));
    }

    [Fact]
    public void A_dangling_link_leads_to_the_place_that_it_names()
    {
        File.CreateSymbolicLink(At("open/in"), "sub/new");
        File.CreateSymbolicLink(At("open/out"), "../secret/new");
        File.CreateSymbolicLink(At("open/over"), "missing/../../secret/new");
        using WriteGrant grant = Policy("open").Write(At("open/in"));
        Assert.Equal(At("open/sub/new"), grant.Path.ToString());
        Assert.Equal("policy.write_paths", WriteRefusal("open", "open/out"));
        Assert.Equal("policy.write_paths", WriteRefusal("open", "open/over"));
    }

    [Fact]
    public void The_root_directory_has_no_name()
    {
        using WriteGrant grant = Of([], ["/"]).Write("/");
        Assert.Throws<OperationException>(() => grant.Name);
        Assert.Equal("/", grant.Path.ToString());
    }

    [Fact]
    public void A_mounted_directory_is_where_it_is_mounted()
    {
        const int Bind = 0x1000;
        const int Detach = 2;
        Directory.CreateDirectory(At("open/mount"));
        if (FileCalls.mount(At("secret"), At("open/mount"), "", Bind, 0) != 0)
        {
            // A container may not mount, and then nobody in it has.
            return;
        }

        try
        {
            Allowed("open", "open/mount/file");
            Assert.Equal("policy.read_paths", Refusal("secret", "open/mount/file"));
        }
        finally
        {
            Assert.Equal(0, FileCalls.umount2(At("open/mount"), Detach));
        }
    }

    [Fact]
    public void A_hard_link_is_the_name_that_it_has()
    {
        HardLink.Make(At("secret/file"), At("open/hard"));
        Allowed("open", "open/hard");
    }

    public void Dispose() => _directory.Dispose();

    private static PathPolicy Of(string[] read, string[] write) =>
        new(new LiveSettings(new AgentSettings([], new PolicySettings(ReadPaths: read, WritePaths: write))));

    private string At(string name) => $"{_directory.Path}/{name}";

    private PathPolicy Policy(string root) => Of([At(root)], [At(root)]);

    private void Allowed(string root, string path)
    {
        Policy(root).Read(At(path)).Dispose();
        Policy(root).Write(At(path)).Dispose();
    }

    private string? Refusal(string root, string path) =>
        Assert.Throws<OperationException>(() => Policy(root).Read(At(path))).Detail!.Rule;

    private string? WriteRefusal(string root, string path) =>
        Assert.Throws<OperationException>(() => Policy(root).Write(At(path), makesDirectories: true)).Detail!.Rule;

    private (ErrorCode Code, string? Errno) Missing(string path)
    {
        OperationException e = Assert.Throws<OperationException>(() => Policy("open").Read(At(path)));
        return (e.Code, e.Detail!.Errno);
    }

    private (ErrorCode Code, string? Errno) NotMade(string path)
    {
        OperationException e = Assert.Throws<OperationException>(() => Policy("open").Write(At(path)));
        return (e.Code, e.Detail!.Errno);
    }
}
