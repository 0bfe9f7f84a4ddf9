using System.Globalization;

namespace GuestAgent.Accounts;

/// <summary>
/// Finds users and groups in /etc/passwd and /etc/group, which is all that a static binary can do by itself, and what is
/// not there in what else knows names.
/// </summary>
internal sealed class AccountDatabase
{
    // (uid_t)-1 means "leave it" to the kernel.
    private const uint NoId = uint.MaxValue;

    private readonly INameService? _names;
    private readonly AccountFile _passwd;
    private readonly AccountFile _group;
    private readonly Lazy<Account> _own;

    /// <summary>The guest's files, and what else knows names.</summary>
    public AccountDatabase(INameService names)
        : this(names, "/etc/passwd", "/etc/group")
    {
    }

    /// <summary>Other files.</summary>
    /// <param name="names">What else knows names; null to know the files only.</param>
    /// <param name="passwd">A file like /etc/passwd.</param>
    /// <param name="group">A file like /etc/group.</param>
    public AccountDatabase(INameService? names, string passwd, string group)
    {
        _names = names;
        _passwd = new AccountFile(passwd);
        _group = new AccountFile(group);
        // A failure, as when descriptors have run out, is not kept.
        _own = new Lazy<Account>(() => ToAccount(FindOwn(), null, null), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Whom the agent itself runs as.</summary>
    public Account Own => _own.Value;

    /// <summary>Resolves a user, and a group in place of its primary one.</summary>
    /// <param name="user">A name, or a number in decimal; null for the agent's own user.</param>
    /// <param name="group">A name, or a number in decimal; null for the user's primary group.</param>
    /// <param name="cancellationToken">Gives up on what else knows names.</param>
    /// <exception cref="AccountException">There is none.</exception>
    public async ValueTask<Account> FindAsync(string? user, string? group, CancellationToken cancellationToken)
    {
        uint? groupId = group is null ? null : await FindGroupIdAsync(group, cancellationToken);
        if ((user is null ? FindOwn() : FindLocal(user)) is { } local)
        {
            return ToAccount(local, groupId, null);
        }

        if (await AskAsync("passwd", user!, PasswdEntry.TryParse, cancellationToken) is { } remote)
        {
            return ToAccount(remote, groupId, await _names!.FindGroupsOfAsync(remote.Name, cancellationToken));
        }

        return TryParseId(user!) is { } id
            ? ToAccount(PasswdEntry.Nameless(id, groupId ?? throw AccountException.NoGroup(user!)), groupId, null)
            : throw AccountException.UnknownUser(user!);
    }

    /// <summary>The number of a user; a number needs no entry, as files may belong to anybody.</summary>
    /// <exception cref="AccountException">There is none.</exception>
    public async ValueTask<uint> FindUserIdAsync(string user, CancellationToken cancellationToken) =>
        FindLocal(user)?.UserId
        ?? TryParseId(user)
        ?? (await AskAsync("passwd", user, PasswdEntry.TryParse, cancellationToken))?.UserId
        ?? throw AccountException.UnknownUser(user);

    /// <summary>The number of a group; a number needs no entry.</summary>
    /// <exception cref="AccountException">There is none.</exception>
    public async ValueTask<uint> FindGroupIdAsync(string group, CancellationToken cancellationToken)
    {
        GroupEntry? entry = Entries(_group.ReadLines(), GroupEntry.TryParse).FirstOrDefault(e => e.Name == group);
        return entry?.GroupId
            ?? TryParseId(group)
            ?? (await AskAsync("group", group, GroupEntry.TryParse, cancellationToken))?.GroupId
            ?? throw AccountException.UnknownGroup(group);
    }

    /// <summary>Names of users by number, from the guest's own file alone; none when it cannot be read.</summary>
    public IReadOnlyDictionary<uint, string> UserNames() =>
        Names(_passwd, PasswdEntry.TryParse, entry => (entry.UserId, entry.Name));

    /// <summary>Names of groups by number, likewise.</summary>
    public IReadOnlyDictionary<uint, string> GroupNames() =>
        Names(_group, GroupEntry.TryParse, entry => (entry.GroupId, entry.Name));

    private static Dictionary<uint, string> Names<T>(AccountFile file, Func<string, T?> parse, Func<T, (uint Id, string Name)> name)
        where T : class
    {
        Dictionary<uint, string> names = [];
        try
        {
            foreach (T entry in Entries(file.ReadLines(), parse))
            {
                (uint id, string text) = name(entry);
                // The first of a number is its name, as for getpwuid(3).
                names.TryAdd(id, text);
            }
        }
        catch (AccountException)
        {
            // Names are for people; the numbers are there.
        }

        return names;
    }

    private PasswdEntry? FindLocal(string user)
    {
        List<PasswdEntry> entries = [.. Entries(_passwd.ReadLines(), PasswdEntry.TryParse)];
        return entries.Find(e => e.Name == user)
            ?? (TryParseId(user) is { } id ? entries.Find(e => e.UserId == id) : null);
    }

    private PasswdEntry FindOwn()
    {
        uint id = LibC.geteuid();
        return FindLocal(id.ToString(CultureInfo.InvariantCulture)) ?? PasswdEntry.Nameless(id, LibC.getegid());
    }

    private async ValueTask<T?> AskAsync<T>(
        string database, string key, Func<string, T?> parse, CancellationToken cancellationToken)
        where T : class =>
        _names is null
            ? null
            : Entries(await _names.FindAsync(database, key, cancellationToken), parse).FirstOrDefault();

    private Account ToAccount(PasswdEntry entry, uint? groupId, IReadOnlyList<uint>? groups)
    {
        // What initgroups(3) does: every group that lists the user, and the primary one.
        groups ??= GroupsOf(entry.Name);
        uint primary = groupId ?? entry.GroupId;
        return new Account(
            entry.Name, entry.UserId, primary, [.. new HashSet<uint>([primary, .. groups])], entry.Home, entry.Shell);
    }

    private List<uint> GroupsOf(string user)
    {
        List<uint> groups = [];
        foreach (GroupEntry group in Entries(_group.ReadLines(), GroupEntry.TryParse))
        {
            if (group.Members.Contains(user))
            {
                groups.Add(group.GroupId);
            }
        }

        return groups;
    }

    private static IEnumerable<T> Entries<T>(string[] lines, Func<string, T?> parse)
        where T : class => lines.Select(parse).OfType<T>();

    private static uint? TryParseId(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != NoId ? id : null;
}
