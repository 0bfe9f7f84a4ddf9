using GuestAgent.Files;
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
        File.CreateSymbolicLink(Path.Combine(records, name.Replace('0', '1').Replace('2', '1')), _work["precious"]);
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
