using System.Globalization;
using System.Text;

namespace GuestAgent.Tests.Testing;

/// <summary>
/// Processes that a variable in their environment marks: found whatever their numbers are in the namespace in which they run.
/// </summary>
public static class MarkedProcesses
{
    /// <summary>Name of the variable, which the rule of a test's runtime must allow.</summary>
    public const string Variable = "GREETING";

    // Each takes some milliseconds.
    private const int Looks = 20;

    /// <summary>A value that no other process has.</summary>
    public static string NewMark() => "mark-" + Path.GetRandomFileName();

    /// <summary>Numbers, as the tests see them, of those that live.</summary>
    /// <remarks>Between two programs, in execve(2), a process has no environment: where none is found, they are looked for again.</remarks>
    public static IReadOnlyList<int> Alive(string mark)
    {
        IReadOnlyList<int> found = [];
        for (int look = 0; look < Looks && found.Count == 0; look++)
        {
            found = Found(mark);
        }

        return found;
    }

    private static IReadOnlyList<int> Found(string mark)
    {
        byte[] wanted = Encoding.ASCII.GetBytes($"{Variable}={mark}\0");
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0 && Environ(pid).AsSpan().IndexOf(wanted) >= 0 && new ProcessFacts(pid).IsAlive)];
    }

    private static byte[] Environ(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return [];
        }
    }
}
