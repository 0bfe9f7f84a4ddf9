namespace GuestAgent.Accounts;

/// <summary>What the guest is configured with beside its own files, such as a directory service.</summary>
internal interface INameService
{
    /// <summary>The lines of a database for one key, as in the file of that name; none when it knows none, or does not answer.</summary>
    /// <param name="database"><c>passwd</c> or <c>group</c>.</param>
    /// <param name="key">A name or a number, as the host wrote it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<string[]> FindAsync(string database, string key, CancellationToken cancellationToken);

    /// <summary>The supplementary groups of a user; none when it does not answer.</summary>
    ValueTask<IReadOnlyList<uint>> FindGroupsOfAsync(string user, CancellationToken cancellationToken);
}
