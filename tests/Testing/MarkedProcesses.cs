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

    /// <summary>A value that no other process has.</summary>
    public static string NewMark() => "mark-" + Path.GetRandomFileName();

    /// <summary>Numbers, as the tests see them, of those that live.</summary>
    public static IReadOnlyList<int> Alive(string mark)
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
