using System.Text;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Reads the log of the guest's serial console.</summary>
internal sealed class GuestConsole(string path)
{
    private const int TailLines = 30;

    /// <summary>Counts the boots that have come to their end; guest/ready prints the mark.</summary>
    public int ReadyMarks => Lines().Count(l => l.Contains("VMLAB-READY", StringComparison.Ordinal)
        && l.TrimEnd().EndsWith(" end", StringComparison.Ordinal));

    public string Tail => string.Join('\n', Lines().TakeLast(TailLines));

    private string[] Lines()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
