using System.Text;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Power;

/// <summary>
/// Writes a line to every terminal on which somebody is logged in, as wall(1) does. It finds them by the sessions that
/// have one, since newer systems keep no utmp(5).
/// </summary>
internal static class UserTerminals
{
    /// <summary>Tells all users, without waiting for any of them: a terminal that is held back misses it.</summary>
    /// <param name="text">One or more lines; control characters in it are not passed on.</param>
    public static void Announce(string text) => ThreadPool.UnsafeQueueUserWorkItem(Write, text, preferLocal: false);

    /// <summary>What is written: beginning on a line of its own, with nothing in it that a terminal would act on.</summary>
    public static byte[] Encode(string text)
    {
        var line = new StringBuilder("\r\nMessage from the guest agent:\r\n");
        foreach (char c in text)
        {
            line.Append(c == '\n' ? "\r\n" : char.IsControl(c) ? " " : c.ToString());
        }

        return Encoding.UTF8.GetBytes(line.Append("\r\n").ToString());
    }

    private static unsafe void Write(string text)
    {
        byte[] bytes = Encode(text);
        foreach (string path in TryFind())
        {
            using SafeFileHandle terminal =
                NativeMethods.open(path, LibC.O_WRONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY | LibC.O_CLOEXEC, 0);
            fixed (byte* start = bytes)
            {
                // SAFETY: the buffer is pinned and has this length. What does not fit is lost: nobody waits for a user.
                _ = terminal.IsInvalid ? 0 : NativeMethods.write(terminal, start, bytes.Length);
            }
        }
    }

    private static HashSet<string> TryFind()
    {
        try
        {
            return Find();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            // Short of descriptors, or without /proc: the power goes all the same.
            return [];
        }
    }

    private static HashSet<string> Find()
    {
        HashSet<string> terminals = [];
        foreach (ProcessStat process in ProcessSnapshot.Read().All)
        {
            if (process.Pid == process.SessionId && TerminalOf(process) is { } terminal)
            {
                terminals.Add(terminal);
            }
        }

        return terminals;
    }

    private static string? TerminalOf(ProcessStat leader)
    {
        try
        {
            string? path = File.ResolveLinkTarget($"/proc/{leader.Pid}/fd/0", returnFinalTarget: false)?.FullName;
            bool isTerminal = path is not null
                && (path.StartsWith("/dev/pts/", StringComparison.Ordinal) || path.StartsWith("/dev/tty", StringComparison.Ordinal));
            // Nobody is logged in where a getty waits.
            return isTerminal && !File.ReadAllText($"/proc/{leader.Pid}/comm").TrimEnd().EndsWith("getty", StringComparison.Ordinal)
                ? path
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is none of the agent's business.
            return null;
        }
    }
}
