using GuestAgent.Accounts;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Accounts;

public sealed class AccountDatabaseTests : IDisposable
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/bash
        # no entry
        broken:x:12
        odd:x:minus:1::/:/bin/sh
        web:x:1000:1000:Web,,,:/srv/web:/usr/sbin/nologin
        bare:x:1001:1001:::
        4242:x:1002:1002::/home/number:/bin/sh
        """;

    private const string Group = """
        root:x:0:
        web:x:1000:
        www:x:33:web,bare
        adm:x:4:syslog,web
        webmail:x:50:webmaster
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly AccountDatabase _database;

    public AccountDatabaseTests() => _database = new AccountDatabase(
        null, _directory.Write("passwd", Passwd), _directory.Write("group", Group));

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("nobody-knows-me")]
    [InlineData("")]
    [InlineData("broken")]
    [InlineData("odd")]
    [InlineData("WEB")]
    [InlineData("web ")]
    [InlineData("-1")]
    [InlineData("+1000")]
    [InlineData("4294967295")]
    [InlineData("99999999999")]
    [InlineData("web:x")]
    public async Task An_unknown_user_is_named(string user)
    {
        AccountException failure = await Assert.ThrowsAsync<AccountException>(() => FindAsync(user));
        Assert.Equal(user, failure.Name);
        Assert.Contains($"no user \"{user}\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_may_belong_to_a_number_without_an_entry()
    {
        CancellationToken none = TestContext.Current.CancellationToken;
        Assert.Equal(1000u, await _database.FindUserIdAsync("web", none));
        Assert.Equal(1002u, await _database.FindUserIdAsync("4242", none));
        Assert.Equal(4243u, await _database.FindUserIdAsync("4243", none));
        Assert.Equal(33u, await _database.FindGroupIdAsync("www", none));
        Assert.Equal(34u, await _database.FindGroupIdAsync("34", none));
        await Assert.ThrowsAsync<AccountException>(() => _database.FindUserIdAsync("nobody-knows-me", none).AsTask());
        await Assert.ThrowsAsync<AccountException>(() => _database.FindUserIdAsync("4294967295", none).AsTask());
        await Assert.ThrowsAsync<AccountException>(() => _database.FindGroupIdAsync("nobody-knows-me", none).AsTask());
    }

    [Fact]
    public void Numbers_have_names_where_the_files_say_so()
    {
        Assert.Equal("web", _database.UserNames()[1000]);
        Assert.Equal("www", _database.GroupNames()[33]);
        Assert.DoesNotContain(12u, _database.UserNames().Keys);
        Assert.Empty(new AccountDatabase(null, "/no/such", "/proc/self").GroupNames());
    }

    [Theory]
    [InlineData("nobody-knows-me")]
    [InlineData("4294967295")]
    public async Task An_unknown_group_is_named(string group)
    {
        AccountException failure = await Assert.ThrowsAsync<AccountException>(() => FindAsync("web", group));
        Assert.Equal(group, failure.Name);
        Assert.Contains("no group", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_without_an_entry_needs_a_group()
    {
        Assert.Contains(
            "name its group",
            (await Assert.ThrowsAsync<AccountException>(() => FindAsync("777"))).Message,
            StringComparison.Ordinal);
        Account account = await FindAsync("777", "www");
        Assert.Equal((777u, 33u, "777", "/"), (account.UserId, account.GroupId, account.Name, account.Home));
        Assert.Equal([33u], account.SupplementaryGroups);
    }

    [Fact]
    public async Task Files_that_are_missing_have_no_users()
    {
        AccountDatabase empty = new(null, "/no/such/passwd", "/no/such/group");
        await Assert.ThrowsAsync<AccountException>(() => empty.FindAsync("root", null, Waits.Token).InTime());
        Assert.Equal(5u, (await empty.FindAsync("5", "6", Waits.Token).InTime()).UserId);
    }

    [Fact]
    public async Task A_file_beyond_reason_is_not_read()
    {
        string path = _directory.Write("huge", "");
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(1L << 30);
        }

        AccountDatabase huge = new(null, path, path);
        AccountException failure =
            await Assert.ThrowsAsync<AccountException>(() => huge.FindAsync("root", null, Waits.Token).InTime());
        Assert.Contains("larger than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_has_its_groups_and_the_primary_one_first()
    {
        Account account = await FindAsync("web");
        Assert.Equal((1000u, 1000u), (account.UserId, account.GroupId));
        Assert.Equal([1000u, 33u, 4u], account.SupplementaryGroups);
        Assert.Equal(("/srv/web", "/usr/sbin/nologin"), (account.Home, account.Shell));
    }

    [Fact]
    public async Task A_user_is_found_by_its_number()
    {
        Account account = await FindAsync("1000");
        Assert.Equal("web", account.Name);
        Assert.Equal([1000u, 33u, 4u], account.SupplementaryGroups);
    }

    [Fact]
    public async Task A_name_of_digits_goes_before_a_number() => Assert.Equal(1002u, (await FindAsync("4242")).UserId);

    [Theory]
    [InlineData("www", 33u)]
    [InlineData("33", 33u)]
    [InlineData("31337", 31337u)]
    public async Task A_group_takes_the_place_of_the_primary_one(string group, uint id)
    {
        Account account = await FindAsync("web", group);
        Assert.Equal(id, account.GroupId);
        Assert.Equal(new HashSet<uint> { id, 33, 4 }, account.SupplementaryGroups.ToHashSet());
    }

    [Fact]
    public async Task A_user_without_home_and_shell_gets_the_usual_ones()
    {
        Account account = await FindAsync("bare");
        Assert.Equal(("/", "/bin/sh"), (account.Home, account.Shell));
    }

    [Fact]
    public async Task No_user_is_the_agents_own()
    {
        Account account = await new AccountDatabase(null, "/no/such/passwd", "/no/such/group")
            .FindAsync(null, "7", Waits.Token).InTime();
        Assert.Equal(((uint)LibC.geteuid(), 7u), (account.UserId, account.GroupId));
        Assert.Equal((uint)LibC.geteuid(), _database.Own.UserId);
    }

    private Task<Account> FindAsync(string user, string? group = null) =>
        _database.FindAsync(user, group, Waits.Token).InTime();
}
