using System.Globalization;
using System.Text;
using GuestAgent.Contracts.Info;
using GuestAgent.Linux.Files;

namespace GuestAgent.Machine;

/// <summary>Who is logged in, from the state that systemd-logind keeps below /run: for guests that have no utmp any more.</summary>
internal static class LogindSessions
{
    /// <summary>Where it is.</summary>
    public const string UsualFolder = "/run/systemd/sessions";

    private const int MostSessions = 1000;
    private const int LargestBytes = 16 * 1024;

    /// <summary>Reads all sessions; none where there is no logind.</summary>
    public static IReadOnlyList<UserSession> Read(string folder)
    {
        List<UserSession> sessions = [];
        if (!Directory.Exists(folder))
        {
            return sessions;
        }

        string[] paths = Directory.GetFiles(folder);
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            // Beside each session lies a FIFO NAME.ref, by whose end logind knows that of the session.
            if (sessions.Count < MostSessions
                && !Path.HasExtension(path)
                && SmallFile.TryRead(path, LargestBytes) is { } bytes
                && Parse(Encoding.UTF8.GetString(bytes.Span)) is { } session)
            {
                sessions.Add(session);
            }
        }

        return sessions;
    }

    /// <summary>Null for a session that is no user's own, such as a greeter's, and for one that is ending.</summary>
    public static UserSession? Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[line[..equals]] = line[(equals + 1)..];
            }
        }

        string Value(string key) => values.GetValueOrDefault(key, "");

        bool isUser = Value("CLASS").StartsWith("user", StringComparison.Ordinal) && Value("STATE") != "closing";
        return isUser && Value("USER") is { Length: > 0 } name
            ? new UserSession(
                name,
                Value("TTY"),
                Value("REMOTE_HOST") is { Length: > 0 } host ? host : null,
                long.TryParse(Value("REALTIME"), NumberStyles.None, CultureInfo.InvariantCulture, out long us) ? us / 1000 : 0)
            : null;
    }
}
