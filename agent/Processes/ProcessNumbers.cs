using System.Globalization;

namespace GuestAgent.Processes;

/// <summary>Which processes there are.</summary>
internal static class ProcessNumbers
{
    /// <summary>Their numbers, in the order of /proc.</summary>
    public static List<int> Read()
    {
        List<int> numbers = [];
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                numbers.Add(pid);
            }
        }

        return numbers;
    }
}
