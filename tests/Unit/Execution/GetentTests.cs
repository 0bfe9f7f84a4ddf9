using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

public sealed class GetentTests : IAsyncDisposable
{
    private readonly Children _children = new();
    private readonly TemporaryDirectory _directory = new();

    public async ValueTask DisposeAsync()
    {
        await Waits.UntilAsync(() => _children.Loop.Count == 0);
        _children.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-s")]
    [InlineData("a\nb")]
    [InlineData("a:b")]
    [InlineData("../x")]
    public void What_cannot_be_a_name_is_not_asked_for(string key) => Assert.False(Getent.CanAsk(key));

    [Fact]
    public async Task A_getent_that_hangs_is_given_up()
    {
        Getent getent = new(_children.Spawner, TimeProvider.System, TimeSpan.FromMilliseconds(50), Script("sleep 1000"));
        Assert.Empty(await getent.FindAsync("passwd", "x", Waits.Token).InTime());
    }

    [Fact]
    public async Task A_getent_that_knows_nothing_means_an_unknown_user()
    {
        Getent getent = new(_children.Spawner, TimeProvider.System, Getent.Limit, Script("exit 2"));
        AccountDatabase database = new(getent, "/no/such/passwd", "/no/such/group");
        await Assert.ThrowsAsync<AccountException>(() => database.FindAsync("x", null, Waits.Token).InTime());
    }

    [Fact]
    public async Task A_guest_without_getent_knows_its_files_only()
    {
        Getent getent = new(_children.Spawner, TimeProvider.System, Getent.Limit, "/no/such/getent");
        Assert.Empty(await getent.FindAsync("passwd", "x", Waits.Token).InTime());
    }

    [Fact]
    public async Task A_getent_that_others_can_exchange_is_not_asked()
    {
        string program = Script("echo \"$3:*:0:0::/:\"");
        Getent getent = new(_children.Spawner, TimeProvider.System, Getent.Limit, program);
        Assert.NotEmpty(await getent.FindAsync("passwd", "x", Waits.Token).InTime());
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_111_111);
        Assert.Empty(await getent.FindAsync("passwd", "x", Waits.Token).InTime());
    }

    [Fact]
    public async Task What_the_files_lack_comes_from_getent()
    {
        Getent getent = new(_children.Spawner, TimeProvider.System, Getent.Limit, Script(
            """
            case "$2 $3" in
            'passwd ldap') echo 'ldap:*:5000:5001:L:/home/ldap:/bin/zsh' ;;
            'initgroups ldap') echo 'ldap                  5002 5003' ;;
            'group staff') echo 'staff:*:5004:' ;;
            *) exit 2 ;;
            esac
            """));
        AccountDatabase database = new(getent, "/no/such/passwd", "/no/such/group");
        Account account = await database.FindAsync("ldap", null, Waits.Token).InTime();
        Assert.Equal(("ldap", 5000u, 5001u), (account.Name, account.UserId, account.GroupId));
        Assert.Equal([5001u, 5002u, 5003u], account.SupplementaryGroups);
        Assert.Equal(5004u, (await database.FindAsync("ldap", "staff", Waits.Token).InTime()).GroupId);
    }

    [Fact]
    public async Task The_guests_own_getent_answers()
    {
        Getent getent = new(_children.Spawner, TimeProvider.System);
        AccountDatabase database = new(getent, "/no/such/passwd", "/no/such/group");
        Assert.SkipUnless(File.Exists("/usr/bin/getent"), "no getent here");
        Assert.Equal(0u, (await database.FindAsync("root", null, Waits.Token).InTime()).UserId);
    }

    private string Script(string body) => _directory.Write("getent", "#!/bin/sh\n" + body + "\n", executable: true);
}
