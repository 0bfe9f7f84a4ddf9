using System.Globalization;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Tells which processes of the host have a text in their command line.</summary>
internal static class ProcessTable
{
    /// <summary>Leaves out zombies: they have no command line any more.</summary>
    public static IReadOnlyList<int> FindByArgument(string text)
        => [.. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id != 0 && CommandLine(id).Contains(text, StringComparison.Ordinal))];

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            // It ended after the directory was listed.
            return "";
        }
    }
}
