using System.Globalization;
using System.Text;
using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>
/// The cgroup of one command: what it starts cannot leave it by setsid or by losing its parent. A help, never a
/// condition: every failure here is silent, and the command runs without.
/// </summary>
/// <param name="path">Its directory.</param>
/// <param name="cgroups">Who made it and removes it.</param>
internal sealed class CommandCgroup(string path, CommandCgroups cgroups) : IDisposable
{
    /// <summary>Its directory.</summary>
    public string Path { get; } = path;

    /// <summary>The file that takes the number of a process to move.</summary>
    public string ProcessesFile => Path + "/cgroup.procs";

    /// <summary>Moves a process by writing its number to a cgroup.procs file; 0 is the caller.</summary>
    public static bool TryMove(string processesFile, int pid) =>
        TryWrite(processesFile, pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Kills all members at once, those being forked included. False before Linux 5.14.</summary>
    /// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html, "cgroup.kill"</remarks>
    public bool TryKill() => TryWrite(Path + "/cgroup.kill", "1");

    /// <summary>Removes the directory; false while anything lives in it.</summary>
    public bool TryRemove() => LibC.rmdir(Path) == 0 || !Directory.Exists(Path);

    /// <summary>Removes the directory, now or once its last member has ended.</summary>
    public void Dispose() => cgroups.Remove(this);

    /// <summary>The numbers of its members at this moment.</summary>
    public IReadOnlyList<int> Members()
    {
        try
        {
            return Array.ConvertAll(
                File.ReadAllLines(ProcessesFile), line => int.Parse(line, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // Removed: nobody is in it.
            return [];
        }
    }

    private static unsafe bool TryWrite(string path, string text)
    {
        using SafeFileHandle file = LibC.open(path, LibC.O_WRONLY | LibC.O_CLOEXEC, 0);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            // SAFETY: the array is pinned.
            return !file.IsInvalid && LibC.write(file, start, bytes.Length) == bytes.Length;
        }
    }
}
