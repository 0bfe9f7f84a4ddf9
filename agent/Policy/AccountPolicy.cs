using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Compares users and groups by what they are, not by how they are written: <c>0</c> is <c>root</c>.</summary>
/// <remarks>
/// A command runs as the user that its rule names, in the rule's words; the request's only have to mean the same. The few
/// accounts that are written in two ways and that getent alone knows hold up the next starts of their connection: starts
/// wait in line, and in the order in which they came, as for a file system that does not answer.
/// </remarks>
internal sealed class AccountPolicy(AccountDatabase accounts)
{
    /// <summary>True when a rule allows the account that a request asks for.</summary>
    /// <param name="allowed">The rule's user; null for the agent's own.</param>
    /// <param name="user">The request's user; null for the rule's.</param>
    /// <param name="group">The request's group; null for the user's own.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: what is asked for does not exist.</exception>
    public bool Allow(string? allowed, string? user, string? group)
    {
        if (allowed == CommandRule.AnyUser)
        {
            return true;
        }

        try
        {
            return (user is null || user == allowed || UserId(user) == UserId(allowed))
                && (group is null || GroupId(group) == PrimaryGroupOf(allowed));
        }
        catch (AccountException e)
        {
            throw AccountFailure.From(e);
        }
    }

    /// <summary>The number of a user; null when there is none.</summary>
    public uint? TryFind(string user)
    {
        try
        {
            return UserId(user);
        }
        catch (AccountException)
        {
            // Whoever starts something as this user will be told.
            return null;
        }
    }

    private uint UserId(string? user) => user is null
        ? FileStatus.EffectiveUserId
        : accounts.FindUserIdAsync(user, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private uint GroupId(string group) =>
        accounts.FindGroupIdAsync(group, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private uint PrimaryGroupOf(string? user) => user is null
        ? accounts.Own.GroupId
        : accounts.FindAsync(user, null, CancellationToken.None).AsTask().GetAwaiter().GetResult().GroupId;
}
