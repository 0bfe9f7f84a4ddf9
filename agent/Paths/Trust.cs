using GuestAgent.Linux.Files;


namespace GuestAgent.Paths;

/// <summary>
/// Whose changes of the file system do not count as an attack: root's, those of the user that the agent acts as, and, for
/// what is run as another user, that user's: who could as well run it himself.
/// </summary>
/// <param name="UserId">That other user; null for none.</param>
internal readonly record struct Trust(uint? UserId)
{
    /// <summary>True for those who are trusted.</summary>
    /// <param name="owner">A user id.</param>
    public bool Includes(uint owner) => owner == 0 || owner == FileStatus.EffectiveUserId || owner == UserId;
}
