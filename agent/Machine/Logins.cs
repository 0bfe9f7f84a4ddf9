using GuestAgent.Contracts.Info;

namespace GuestAgent.Machine;

/// <summary>Who is logged in, by whatever in this guest knows.</summary>
internal static class Logins
{
    /// <summary>
    /// From utmp, else from logind: an utmp that names nobody may be one that nobody writes to, as where the C library is
    /// musl, or where the boot makes the file for programs of old.
    /// </summary>
    /// <param name="utmp">The file.</param>
    /// <param name="sessions">Where logind keeps its state.</param>
    public static IReadOnlyList<UserSession> Read(
        string utmp = LoginRecords.UsualPath, string sessions = LogindSessions.UsualFolder) =>
        LoginRecords.Read(utmp) is { Count: > 0 } users ? users : LogindSessions.Read(sessions);
}
