using System.Text;
using GuestAgent.Linux;

namespace GuestAgent.Logging;

/// <summary>Writes lines to standard error, each with one write, and nothing in them that could forge another line.</summary>
internal sealed class JournalWriter
{
    private readonly Lock _gate = new();

    // Set by systemd when standard error is the journal, systemd.exec(5).
    private readonly bool _priorities = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;

    /// <summary>Writes one record.</summary>
    /// <param name="priority">0 to 7, syslog(3).</param>
    /// <param name="text">The record; line ends and other control characters are made visible.</param>
    public void Write(int priority, string text)
    {
        var line = new StringBuilder(text.Length + 8);
        if (_priorities)
        {
            line.Append('<').Append(priority).Append('>');
        }

        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                line.Append(c == '\n' ? " | " : $"\\x{(int)c:x2}");
            }
            else
            {
                line.Append(c);
            }
        }

        byte[] bytes = Encoding.UTF8.GetBytes(line.Append('\n').ToString());
        lock (_gate)
        {
            try
            {
                StandardDescriptor.Write(StandardDescriptor.Error, bytes);
            }
            catch (LinuxException)
            {
                // Nobody reads the log any more; the agent's work does not depend on it.
                return;
            }
        }
    }
}
