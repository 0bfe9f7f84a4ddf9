using GuestAgent.Files;
using GuestAgent.Tests.Unit.Policy;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class LeftOverFilesTests : IDisposable
{
    private readonly FileWork _work = new();

    [Fact]
    public void What_a_dead_agent_has_left_is_removed()
    {
        Abandon();
        Assert.Single(_work.Entries);

        _work.RemoveLeftOvers();

        Assert.Empty(_work.Entries);
        Assert.Empty(_work.Records);
    }

    [Fact]
    public void What_another_live_agent_is_writing_stays()
    {
        using NewFile file = _work.Begin("file", unnamed: false);
        _work.RemoveLeftOvers();
        Assert.Single(_work.Entries);
        Assert.Single(_work.Records);

        file.Write("new"u8, 0);
        file.Publish(new NewFileAttributes());
        Assert.Equal(["file"], _work.Entries);
    }

    [Theory]
    [InlineData("")]
    [InlineData("link")]
    [InlineData("directory")]
    public void So_is_the_directory_in_which_something_was_being_made(string what)
    {
        Abandon();
        string directory = InPlaceOfTheFile();
        if (what == "link")
        {
            File.CreateSymbolicLink(Path.Combine(directory, "new"), "/etc");
        }
        else if (what == "directory")
        {
            Directory.CreateDirectory(Path.Combine(directory, "new"));
        }

        _work.RemoveLeftOvers();

        Assert.Empty(_work.Entries);
        Assert.Empty(_work.Records);
    }

    [Theory]
    [InlineData("open to others")]
    [InlineData("of another user")]
    [InlineData("not empty")]
    [InlineData("reached over a link")]
    public void A_directory_that_may_not_be_the_agents_stays(string what)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives directories away");
        Abandon();
        string directory = InPlaceOfTheFile();
        switch (what)
        {
            case "open to others":
                File.SetUnixFileMode(directory, (UnixFileMode)0b111_000_001);
                break;
            case "of another user":
                Assert.Equal(0, LinkOwner.Set(directory, 65534));
                break;
            case "not empty":
                File.WriteAllText(Path.Combine(directory, "precious"), "");
                break;
            default:
                Directory.Move(_work.Files, _work.Files + "-elsewhere");
                Directory.CreateSymbolicLink(_work.Files, _work.Files + "-elsewhere");
                break;
        }

        _work.RemoveLeftOvers();

        Assert.Equal([Path.GetFileName(directory)], _work.Entries);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(65534u)]
    public void So_is_the_directory_of_a_program_whosever_it_was(uint owner)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives directories away");
        Abandon();
        string record = _work.Records.Single();
        string name = "workload-0123456789abcdef0123456789abcdef";
        string directory = MakePrivate(_work[name]);
        File.WriteAllText(Path.Combine(directory, "file"), "");
        Directory.CreateDirectory(Path.Combine(directory, "sub"));
        foreach (string path in (string[])[directory, directory + "/file", directory + "/sub"])
        {
            Assert.Equal(0, LinkOwner.Set(path, owner));
        }

        // One that is not recorded is somebody else's.
        string other = MakePrivate(_work["workload-0123456789abcdef0123456789abcdee"]);
        File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(record)!, name), directory);

        _work.RemoveLeftOvers();

        Assert.Equal([Path.GetFileName(other)], _work.Entries);
        Assert.Empty(_work.Records);
    }

    [Fact]
    public void A_record_of_a_file_that_was_never_made_is_dropped()
    {
        Abandon();
        File.Delete(Directory.GetFiles(_work.Files).Single());
        _work.RemoveLeftOvers();
        Assert.Empty(_work.Records);
    }

    [Fact]
    public void Records_lead_to_files_of_their_own_name_only()
    {
        Abandon();
        string records = Path.GetDirectoryName(_work.Records.Single())!;
        string name = Path.GetFileName(_work.Records.Single());
        File.WriteAllText(_work["precious"], "");
        File.CreateSymbolicLink(Path.Combine(records, "precious"), _work["precious"]);
        string other = name[..^5] + (name[^5] == '1' ? '2' : '1') + name[^4..];
        File.CreateSymbolicLink(Path.Combine(records, other), _work["precious"]);
        Directory.CreateDirectory(_work["sub"]);
        File.CreateSymbolicLink(Path.Combine(records, "x" + name), _work["sub"]);

        _work.RemoveLeftOvers();

        Assert.Equal(["precious", "sub"], _work.Entries);
    }

    [Fact]
    public void Without_a_place_for_records_files_are_written_all_the_same()
    {
        File.WriteAllText(_work.State, "not a directory");
        _work.Write("file", "content", unnamed: false);
        Assert.Equal(["file"], _work.Entries);
    }

    public void Dispose() => _work.Dispose();

    private string InPlaceOfTheFile()
    {
        string path = Directory.GetFiles(_work.Files).Single();
        File.Delete(path);
        return MakePrivate(path);
    }

    private static string MakePrivate(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    // What a killed agent leaves: the file, its record, and no lock. The lock goes with the last descriptor.
    private void Abandon()
    {
        string moved = _work.State + ".dead";
        using (TemporaryNames names = _work.NewNames())
        {
            using var file = NewFile.Begin(_work.Open(), FileWork.Name("file"), names, unnamed: false);
            Assert.Single(_work.Records);
            CopyRecords(moved);
            File.Copy(_work.Entries.Select(name => _work[name]).Single(), moved + ".file");
        }

        Directory.Delete(_work.State, recursive: true);
        Directory.Move(moved, _work.State);
        string record = _work.Records.Single();
        File.Move(moved + ".file", new FileInfo(record).LinkTarget!);
    }

    private void CopyRecords(string to)
    {
        foreach (string record in _work.Records)
        {
            string copy = Path.Combine(to, Path.GetRelativePath(_work.State, record));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.CreateSymbolicLink(copy, new FileInfo(record).LinkTarget!);
        }
    }
}
