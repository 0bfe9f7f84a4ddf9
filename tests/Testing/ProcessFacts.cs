using System.Globalization;

namespace GuestAgent.Tests.Testing;

/// <summary>What /proc says of a process, proc(5).</summary>
/// <param name="Pid">Its number.</param>
public sealed record ProcessFacts(int Pid)
{
    /// <summary>True while one of its threads is there.</summary>
    public bool IsAlive => State is not ('Z' or 'X' or '\0') || (State == 'Z' && Threads > 1);

    /// <summary>Letter of its state; NUL when it is gone.</summary>
    public char State => Stat() is { } fields ? fields[0][0] : '\0';

    /// <summary>Open descriptors.</summary>
    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{Pid}/fd").Count();

    /// <summary>What its descriptors lead to, as far as they do when they are looked at.</summary>
    public IReadOnlyList<string> OpenFiles =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{Pid}/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>()];

    /// <summary>Threads.</summary>
    public int Threads => Directory.EnumerateDirectories($"/proc/{Pid}/task").Count();

    /// <summary>Bytes of memory that are resident.</summary>
    public long ResidentBytes => Bytes("VmRSS:");

    /// <summary>The most bytes of memory that were ever resident.</summary>
    public long PeakBytes => Bytes("VmHWM:");

    /// <summary>Processes whose parent it is, zombies included.</summary>
    public IReadOnlyList<int> Children =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0 && new ProcessFacts(pid).Parent == Pid)];

    private int Parent => Stat() is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;

    private long Bytes(string name)
    {
        string line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private string[]? Stat()
    {
        try
        {
            string text = File.ReadAllText($"/proc/{Pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }
}
