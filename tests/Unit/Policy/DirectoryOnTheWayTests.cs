using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

/// <summary>
/// A tree that a host may write, <c>srv</c>, and in it a directory of somebody else, <c>srv/his</c>, in which the policy names
/// <c>srv/his/data</c>: there he puts a link that root has made elsewhere.
/// </summary>
public sealed class DirectoryOnTheWayTests : IDisposable
{
    private const uint Nobody = 65534;
    private const int Sticky = 0b1_111_111_111;

    private readonly TemporaryDirectory _directory = new();

    public DirectoryOnTheWayTests()
    {
        Directory.CreateDirectory(At("srv/his/other"));
        Directory.CreateDirectory(At("forbidden"));
        _directory.Write("forbidden/file", "secret");
    }

    [Theory]
    [InlineData("srv/his/data")]
    [InlineData("srv/his/missing/data")]
    [InlineData("www")]
    public void Neither_its_owner_nor_its_permissions_are_changed(string named)
    {
        File.CreateSymbolicLink(At("www"), At("srv/his/data"));
        Assert.Equal(0, LinkOwner.Set(At("srv/his"), Nobody));
        foreach (string directory in (string[])["srv/his", "srv"])
        {
            var refusal = Assert.Throws<OperationException>(() => Change(named, directory));
            Assert.Equal(
                (ErrorCode.PermissionDenied, "policy", "path"), (refusal.Code, refusal.Detail!.Rule, refusal.Detail.Field));
        }
    }

    [Fact]
    public void Nor_are_those_of_one_that_is_roots_as_it_may_be_anothers_by_then() =>
        Assert.Throws<OperationException>(() => Change("srv/his/data", "srv/his"));

    // As copying a tree with its owners and permissions does where it has been copied before.
    [Fact]
    public void What_has_them_already_is_not_refused_them()
    {
        PathPolicy policy = Policy("srv/his/data");
        using WriteGrant grant = policy.Write(At("srv/his"));
        policy.ChangeAccess(grant, grant.Target!, static _ => true, static () => Assert.Fail("It is changed."));
    }

    [Fact]
    public void What_is_named_and_what_is_beside_it_gets_another_owner()
    {
        Directory.CreateDirectory(At("srv/his/data/below"));
        foreach (string path in (string[])["srv/his/data", "srv/his/data/below", "srv/his/other"])
        {
            Change("srv/his/data", path);
        }
    }

    // He can rename a link of root's that is in a directory of his, also to where names stay with their owners.
    [Fact]
    public void Where_everybody_may_put_something_no_link_is_followed()
    {
        File.SetUnixFileMode(At("srv/his"), (UnixFileMode)Sticky);
        File.CreateSymbolicLink(At("srv/his/data"), At("forbidden"));
        Assert.Throws<OperationException>(() => Policy("srv/his/data").Read(At("forbidden/file")));
    }

    [Fact]
    public void Nor_is_one_in_a_directory_that_everybody_may_have_put_there()
    {
        File.SetUnixFileMode(At("srv/his"), (UnixFileMode)Sticky);
        File.SetUnixFileMode(At("srv/his/other"), (UnixFileMode)Sticky);
        Directory.CreateDirectory(At("srv/his/other/deep"));
        File.CreateSymbolicLink(At("srv/his/other/deep/data"), At("forbidden"));
        Assert.Throws<OperationException>(() => Policy("srv/his/other/deep/data").Read(At("forbidden/file")));
    }

    [Fact]
    public void One_in_a_directory_there_that_is_roots_alone_is_followed()
    {
        File.SetUnixFileMode(At("srv/his"), (UnixFileMode)Sticky);
        File.CreateSymbolicLink(At("srv/his/other/data"), At("forbidden"));
        Policy("srv/his/other/data").Read(At("forbidden/file")).Dispose();
    }

    // Below a directory in which everybody may rename what is his, as /tmp.
    [Fact]
    public async Task One_that_its_owner_moves_there_in_the_moment_of_a_change_stays_his()
    {
        File.SetUnixFileMode(At("srv/his"), (UnixFileMode)Sticky);
        File.CreateSymbolicLink(At("srv/his/other/data"), At("forbidden"));
        Assert.Equal(0, LinkOwner.Set(At("srv/his/other"), Nobody));
        PathPolicy policy = Policy("srv/his/app/data");
        using WriteGrant grant = policy.Write(At("srv/his/other"));
        Directory.Move(At("srv/his/other"), At("srv/his/app"));
        Task reading = Task.CompletedTask;
        Assert.Throws<OperationException>(() => policy.ChangeAccess(grant, grant.Target!, static _ => false, () =>
        {
            Assert.Equal(0, LinkOwner.Set(At("srv/his/app"), 0));
            // What the link says by now does not count.
            reading = Task.Run(() => policy.Read(At("forbidden/file")), TestContext.Current.CancellationToken);
        }));
        await Assert.ThrowsAsync<OperationException>(() => reading);
        using ReadGrant app = Policy("srv").Read(At("srv/his/app"));
        Assert.Equal(Nobody, FileStatus.Of(app.Target).UserId);
    }

    public void Dispose() => _directory.Dispose();

    private void Change(string named, string path)
    {
        PathPolicy policy = Policy(named);
        using WriteGrant grant = policy.Write(At(path));
        policy.ChangeAccess(grant, grant.Target!, static _ => false, static () => { });
    }

    private PathPolicy Policy(string named) =>
        new(new LiveSettings(new AgentSettings([], new PolicySettings(ReadPaths: [At(named)], WritePaths: [At("srv")]))));

    private string At(string name) => $"{_directory.Path}/{name}";
}
