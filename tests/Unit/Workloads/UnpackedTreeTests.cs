using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Execution.Support;
using GuestAgent.Workloads;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Workloads;

/// <summary>What is made below a directory: nothing through a link, and no name for anything that is not below it.</summary>
public sealed class UnpackedTreeTests : IDisposable
{
    private const int MaxMade = 20;

    private readonly TemporaryDirectory _place = new();
    private readonly SafeFileHandle _top;
    private readonly UnpackedTree _tree;

    public UnpackedTreeTests()
    {
        Directory.CreateDirectory(Top);
        Directory.CreateDirectory(_place.Path + "/outside");
        File.WriteAllText(_place.Path + "/outside/file", "kept");
        _top = Open(Top);
        _tree = new UnpackedTree(_top, owner: null, MaxMade);
    }

    private string Top => _place.Path + "/top";

    private string Outside => _place.Path + "/outside/file";

    public void Dispose()
    {
        _tree.Dispose();
        _top.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/tmp")]
    [InlineData("d")]
    public void Nothing_is_made_behind_a_symbolic_link(string target)
    {
        _tree.MakeDirectory(Names("d"));
        _tree.MakeSymbolicLink(Names("a"), Encoding.UTF8.GetBytes(target));

        Refused("has a/file behind the link a", () => MakeFile("a/file"));
        Refused("has a/x/y behind the link a", () => _tree.MakeDirectory(Names("a/x/y")));
        Refused("has a/file behind the link a", () => _tree.MakeSymbolicLink(Names("a/file"), "d"u8.ToArray()));
        Refused("has a as a link and as a directory", () => _tree.MakeDirectory(Names("a")));
        Assert.Equal(["a", "d"], Entries());
        OutsideIsKept();
    }

    [Theory]
    [InlineData("a/file")]
    [InlineData("a")]
    [InlineData("none")]
    [InlineData("d/none")]
    [InlineData("f/none")]
    public void A_hard_link_is_a_name_of_what_is_in_the_tree_and_never_of_what_a_link_leads_to(string target)
    {
        _tree.MakeDirectory(Names("d"));
        MakeFile("f");
        _tree.MakeSymbolicLink(Names("a"), "../outside"u8.ToArray());
        if (target == "a")
        {
            _tree.MakeHardLink(Names("b"), Names(target));
            Assert.Equal("../outside", new FileInfo(Top + "/b").LinkTarget);
        }
        else
        {
            Refused($"has b as a hard link to {target}, which is missing or behind a link", () => _tree.MakeHardLink(Names("b"), Names(target)));
            Assert.Equal(["a", "d", "f"], Entries());
        }

        OutsideIsKept();
    }

    [Fact]
    public void What_has_the_name_goes_and_is_not_written_to_whatever_it_leads_to()
    {
        MakeFile("f", "first");
        _tree.MakeHardLink(Names("h"), Names("f"));
        _tree.MakeSymbolicLink(Names("l"), "f"u8.ToArray());
        MakeFile("h", "second");
        MakeFile("l", "third");
        _tree.MakeSymbolicLink(Names("f"), "l"u8.ToArray());

        Assert.Equal("second", File.ReadAllText(Top + "/h"));
        Assert.Equal("third", File.ReadAllText(Top + "/l"));
        Assert.Equal("l", new FileInfo(Top + "/f").LinkTarget);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("d/..")]
    [InlineData("../outside/file")]
    public void What_tar_would_make_last_stays_what_it_is(string target)
    {
        MakeFile("f");
        _tree.MakeSymbolicLink(Names("a"), Encoding.UTF8.GetBytes(target));

        const string Reason = "has a as a link that may lead outside and as something else";
        Refused(Reason, () => MakeFile("a"));
        Refused(Reason, () => _tree.MakeSymbolicLink(Names("a"), "f"u8.ToArray()));
        Refused(Reason, () => _tree.MakeHardLink(Names("a"), Names("f")));
        _tree.MakeHardLink(Names("a"), Names("a"));
        Assert.Equal(target, new FileInfo(Top + "/a").LinkTarget);
        OutsideIsKept();
    }

    [Fact]
    public void A_link_takes_the_place_of_no_directory_and_is_no_further_name_of_one()
    {
        _tree.MakeDirectory(Names("d"));
        MakeFile("f");

        Refused("has d as a link and as a directory", () => _tree.MakeSymbolicLink(Names("d"), "f"u8.ToArray()));
        Refused("has d as a link and as a directory", () => _tree.MakeHardLink(Names("d"), Names("f")));
        Refused("has e as a hard link to d, which is a directory", () => _tree.MakeHardLink(Names("e"), Names("d")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Links_are_counted(bool isHard)
    {
        MakeFile("f");
        for (int i = 1; i < MaxMade; i++)
        {
            MakeLink(i);
        }

        var refusal = Assert.Throws<OperationException>(() => MakeLink(MaxMade));
        Assert.Equal(ErrorCode.TooLarge, refusal.Code);
        Assert.Equal(MaxMade, Entries().Length);

        void MakeLink(int number)
        {
            if (isHard)
            {
                _tree.MakeHardLink(Names($"l{number}"), Names("f"));
            }
            else
            {
                _tree.MakeSymbolicLink(Names($"l{number}"), "f"u8.ToArray());
            }
        }
    }

    [Fact]
    public void All_that_is_made_belongs_to_its_user_and_nothing_that_a_link_leads_to()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give files away");
        using var tree = new UnpackedTree(_top, new Account("app", 1234, 1235, [1235], "/", "/bin/sh"), MaxMade);
        tree.MakeSymbolicLink(Names("x/l"), Encoding.UTF8.GetBytes(Outside));
        tree.MakeHardLink(Names("h"), Names("x/l"));

        FileStatus link = FileStatus.At(Top + "/h")!.Value;
        Assert.Equal((FileKind.SymbolicLink, 1234u, 1235u, 2u), (link.Kind, link.UserId, link.GroupId, link.Links));
        Assert.Equal(1234u, FileStatus.At(Top + "/x")!.Value.UserId);
        OutsideIsKept();
    }

    [Theory]
    [InlineData("d/f", true)]
    [InlineData("./d//f", true)]
    [InlineData("e", true)]
    [InlineData("d/up", true)]
    [InlineData("round/f", true)]
    [InlineData("d", false)]
    [InlineData("none", false)]
    [InlineData("d/f/x", false)]
    [InlineData("slash", false)]
    [InlineData("dot", false)]
    [InlineData("root", false)]
    [InlineData("above", false)]
    [InlineData("back", false)]
    [InlineData("circle", false)]
    public void A_file_is_found_through_the_links_of_the_tree_and_through_no_other(string path, bool isFound)
    {
        _tree.MakeDirectory(Names("d"));
        MakeFile("d/f");
        foreach ((string name, string target) in ((string, string)[])
        [
            ("e", "d/f"), ("d/up", "../d/../e"), ("round", "d/.//../d/"), ("slash", "d/f/"), ("dot", "d/f/."), ("root", Top + "/d/f"),
            ("above", "../outside/file"), ("back", "../top/d/f"), ("circle", "circle"),
        ])
        {
            _tree.MakeSymbolicLink(Names(name), Encoding.UTF8.GetBytes(target));
        }

        Assert.Equal(isFound, _tree.HasFile(Names(path)));
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void Links_are_followed_as_often_as_the_kernel_follows_them(int links, bool isFound)
    {
        using var tree = new UnpackedTree(_top, owner: null, links + 1);
        tree.MakeFile(Names("0"), isExecutable: false).Dispose();
        for (int i = 1; i <= links; i++)
        {
            tree.MakeSymbolicLink(Names($"{i}"), Encoding.UTF8.GetBytes($"{i - 1}"));
        }

        Assert.Equal(isFound, tree.HasFile(Names($"{links}")));
        using SafeFileHandle opened = NativeMethods.open($"{Top}/{links}", LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        Assert.Equal(isFound, !opened.IsInvalid);
    }

    private void OutsideIsKept()
    {
        Assert.Equal([Outside], Directory.GetFileSystemEntries(_place.Path + "/outside"));
        Assert.Equal("kept", File.ReadAllText(Outside));
        FileStatus status = FileStatus.At(Outside)!.Value;
        Assert.Equal((1u, FileStatus.EffectiveUserId), (status.Links, status.UserId));
    }

    private static void Refused(string reason, Action act)
    {
        var refusal = Assert.Throws<OperationException>(act);
        Assert.Equal((ErrorCode.InvalidParameters, $"The archive {reason}."), (refusal.Code, refusal.Message));
    }

    private string[] Entries() =>
        [.. Directory.GetFileSystemEntries(Top).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private void MakeFile(string path, string content = "")
    {
        using SafeFileHandle file = _tree.MakeFile(Names(path), isExecutable: false);
        file.WriteAt(Encoding.UTF8.GetBytes(content), 0);
    }

    private static FileName[] Names(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(name => name != ".").Select(name => new FileName(Encoding.UTF8.GetBytes(name)))];

    private static SafeFileHandle Open(string path) =>
        NativeMethods.open(path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow("open " + path);
}
