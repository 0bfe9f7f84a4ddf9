using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Policy;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Files;

public sealed class NewDirectoryTests : IDisposable
{
    private const int Tries = 3_000;
    private const uint Nobody = 65534;
    private const uint AllOfIt = 0x1FF; // 0777

    private readonly FileWork _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void In_a_directory_of_another_user_no_other_one_is_given_away()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can act for another user");
        Directory.CreateDirectory(_work["roots"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // So that it is not removed in place of the other.
        File.WriteAllText(_work["roots/file"], "");
        Directory.CreateDirectory(_work["new"]);
        Assert.Equal(0, LinkOwner.Set(_work.Files, Nobody));
        OpenTheWay();
        using SafeFileHandle directory = _work.Open();
        Assert.Equal(0, directory.TryOpen(FileWork.Name("roots"), LibC.O_PATH, 0, out SafeFileHandle roots));
        using SafeFileHandle held = roots;
        using var exchanged = new ExchangedEntries(_work["new"], _work["roots"], (int)Nobody);
        for (int i = 0; i < Tries; i++)
        {
            Assert.Contains(Make(directory), (int[])[0, Errno.EEXIST]);
            FileStatus status = FileStatus.Of(roots);
            Assert.Equal((0u, 0x1C0), (status.UserId, (int)status.Permissions));
            _ = directory.TryRemove(FileWork.Name("new"), isDirectory: true);
            _ = directory.TryRemove(FileWork.Name("roots"), isDirectory: true);
            // Alone it is not exchanged.
            _ = directory.TryRename(FileWork.Name("new"), directory, FileWork.Name("roots"), replace: false);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(Nobody)]
    public void It_is_as_it_was_asked_for_whosever_directory_it_is_made_in(uint parent)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives directories away");
        Assert.Equal(0, LinkOwner.Set(_work.Files, parent));
        File.SetUnixFileMode(_work.Files, File.GetUnixFileMode(_work.Files) | UnixFileMode.SetGroup);
        using SafeFileHandle directory = _work.Open();

        Assert.Equal(0, Make(directory));
        Assert.Equal(Errno.EEXIST, Make(directory));

        FileStatus made = FileStatus.At(directory, FileWork.Name("new"))!.Value;
        // Set-group-ID is handed on, as mkdir(2) does.
        Assert.Equal((Nobody, Nobody, 0x5FFu), (made.UserId, made.GroupId, made.Permissions));
        Assert.Equal(["new"], _work.Entries);
        Assert.Empty(_work.Records);
    }

    private int Make(SafeFileHandle directory) =>
        NewDirectory.Make(directory, FileWork.Name("new"), AllOfIt, new FileOwner(Nobody, Nobody), _work.Names);

    // The other user's thread walks to it.
    private void OpenTheWay()
    {
        string above = Path.GetDirectoryName(_work.Files)!;
        File.SetUnixFileMode(above, File.GetUnixFileMode(above) | UnixFileMode.OtherExecute);
    }
}
