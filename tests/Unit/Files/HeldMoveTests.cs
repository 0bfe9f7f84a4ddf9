using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Policy;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class HeldMoveTests : IDisposable
{
    private readonly FileWork _work = new();

    public HeldMoveTests() => File.WriteAllText(_work["from"], "moved");

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_gets_a_new_name(bool replace)
    {
        Assert.Equal(0, Move("from", "to", replace));
        AssertMoved();
    }

    [Fact]
    public void What_has_the_name_goes_only_if_it_is_to_be_replaced()
    {
        File.WriteAllText(_work["to"], "former");
        Assert.Equal(Errno.EEXIST, Move("from", "to", replace: false));
        Assert.Equal(("moved", "former"), (File.ReadAllText(_work["from"]), File.ReadAllText(_work["to"])));
        Assert.Equal(0, Move("from", "to", replace: true));
        AssertMoved();
    }

    [Fact]
    public void A_directory_is_not_replaced()
    {
        Directory.CreateDirectory(_work["to"]);
        Assert.Equal(Errno.EISDIR, Move("from", "to", replace: true));
        Assert.Equal(["from", "to"], _work.Entries);
        Assert.Empty(_work.Records);
    }

    [Fact]
    public void Another_name_of_the_same_file_is_replaced_and_no_content_lost()
    {
        HardLink.Make(_work["from"], _work["to"]);
        Assert.Equal(0, Move("from", "to", replace: true));
        AssertMoved();
    }

    [Fact]
    public void Its_only_name_is_not_taken_away()
    {
        Assert.Equal(0, Move("from", "from", replace: true));
        Assert.Equal("moved", File.ReadAllText(_work["from"]));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    [InlineData("directory")]
    [InlineData("nothing")]
    public void What_has_taken_its_former_name_is_not_what_is_moved(string what)
    {
        using SafeFileHandle file = Hold("from");
        File.Move(_work["from"], _work["kept"]);
        switch (what)
        {
            case "file":
                File.WriteAllText(_work["from"], "another");
                break;
            case "link":
                File.CreateSymbolicLink(_work["from"], "/etc");
                break;
            case "directory":
                Directory.CreateDirectory(_work["from"]);
                break;
        }

        Assert.Equal(0, Move(file, "from", "to", replace: true));
        Assert.Equal("moved", File.ReadAllText(_work["to"]));
        Assert.Equal(what == "nothing" ? ["kept", "to"] : ["from", "kept", "to"], _work.Entries);
    }

    [Fact]
    public void A_file_that_is_gone_is_not_there()
    {
        using SafeFileHandle file = Hold("from");
        File.Delete(_work["from"]);
        Assert.Equal(Errno.ENOENT, Move(file, "from", "to", replace: true));
        Assert.Empty(_work.Entries);
    }

    private int Move(string from, string to, bool replace)
    {
        using SafeFileHandle file = Hold(from);
        return Move(file, from, to, replace);
    }

    private int Move(SafeFileHandle file, string from, string to, bool replace)
    {
        using SafeFileHandle directory = _work.Open();
        return new HeldMove(file, directory, FileWork.Name(from)).Run(directory, FileWork.Name(to), replace, _work.Names);
    }

    private SafeFileHandle Hold(string name)
    {
        using SafeFileHandle directory = _work.Open();
        Assert.Equal(0, directory.TryOpen(FileWork.Name(name), LibC.O_PATH, 0, out SafeFileHandle file));
        return file;
    }

    private void AssertMoved()
    {
        Assert.Equal(["to"], _work.Entries);
        Assert.Equal("moved", File.ReadAllText(_work["to"]));
        Assert.Empty(_work.Records);
    }
}
