using System.Globalization;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Files;

/// <summary>
/// Where /proc tells of the memory and the descriptors of a process. A process lives until its last thread has ended; where the first
/// one has ended before (pthread_exit(3) in main), /proc/PID calls it a zombie and shows neither, and only the folders of its threads do.
/// </summary>
internal static class ProcessFolder
{
    private const int LargestStatBytes = 2048;

    /// <summary>Its own folder, or that of a thread that lives where the first one does not.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static string Of(int pid)
    {
        string own = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        try
        {
            // The first thread comes first.
            return Directory.EnumerateDirectories(own + "/task").FirstOrDefault(Lives) ?? own;
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return own;
        }
    }

    private static bool Lives(string thread) =>
        SmallFile.TryRead(thread + "/stat", LargestStatBytes) is { } line && State(line.Span) is not ('Z' or 'X' or 'x' or '\0');

    // Behind the name, which may hold parentheses of its own.
    private static char State(ReadOnlySpan<byte> line)
    {
        int nameEnd = line.LastIndexOf((byte)')');
        return nameEnd >= 0 && nameEnd + 2 < line.Length ? (char)line[nameEnd + 2] : '\0';
    }
}
